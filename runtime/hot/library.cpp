// Compiled to bitcode only: the bodies that the optimising tier links into a query's module.
#include "runtime/hot/hot.h"
