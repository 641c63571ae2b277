#pragma once

/// MR_HOT marks a function of runtime/hot that generated code may inline. In the native build it is an inline function with C linkage
/// (taking its address in a registry row emits the copy that the first tier calls); in the bitcode build (MILLRACE_BITCODE, clang)
/// it is an external definition that the optimising tier links and inlines.
#ifdef MILLRACE_BITCODE
#define MR_HOT extern "C"
#else
#define MR_HOT extern "C" inline
#endif
