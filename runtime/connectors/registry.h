#pragma once

#include "runtime/connectors/connector_specs.h"
