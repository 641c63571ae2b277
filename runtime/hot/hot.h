#pragma once

/// Every file of inlinable functions.
#include "runtime/hot/aggregates/count.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/aggregates/sum.h"
#include "runtime/hot/arithmetic.h"
#include "runtime/hot/cast.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/math.h"
#include "runtime/hot/strings.h"
