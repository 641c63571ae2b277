#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runtime/abi/program.h"

namespace millrace {

/// Reading of options that the compiler has checked and completed with their defaults. A missing or empty option gives `otherwise`.
std::string_view text_option(const abi::Options& options, std::string_view name, std::string_view otherwise = {});
int64_t integer_option(const abi::Options& options, std::string_view name, int64_t otherwise);
double number_option(const abi::Options& options, std::string_view name, double otherwise);
std::optional<int64_t> optional_integer(const abi::Options& options, std::string_view name);
bool flag_option(const abi::Options& options, std::string_view name);
int64_t duration_option_us(const abi::Options& options, std::string_view name, int64_t otherwise_us);

}  // namespace millrace
