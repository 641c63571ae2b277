#pragma once

#include <re2/re2.h>

#include <string>
#include <string_view>

#include "runtime/abi/string_ref.h"

namespace millrace::abi {

/// The compiled pattern, kept by the calling thread until its cache is full; nullptr when it is no regular expression.
const RE2* compiled_regex(const StringRef& pattern);

/// Why it is no regular expression; empty when it is one.
std::string why_no_regex(std::string_view pattern);

}  // namespace millrace::abi
