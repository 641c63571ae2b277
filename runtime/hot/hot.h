#pragma once

/// Every file of inlinable functions.
#include "runtime/hot/aggregates/count.h"
#include "runtime/hot/aggregates/min_max.h"
#include "runtime/hot/aggregates/sum.h"
#include "runtime/hot/arithmetic.h"
#include "runtime/hot/cast.h"
#include "runtime/hot/csv.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/json.h"
#include "runtime/hot/like.h"
#include "runtime/hot/math.h"
#include "runtime/hot/output.h"
#include "runtime/hot/string_search.h"
#include "runtime/hot/strings.h"
