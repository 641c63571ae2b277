#include "compiler/syntax/byte_stream.h"

#include <Exceptions.h>
#include <Token.h>
#include <misc/Interval.h>

#include <algorithm>

namespace millrace {

void ByteStream::consume() {
  if (at_ >= text_.size()) throw antlr4::IllegalStateException("cannot consume EOF");
  ++at_;
}

size_t ByteStream::LA(ssize_t offset) {
  if (offset == 0) return 0;
  // LA(1) is the symbol at the cursor, LA(-1) the one before it.
  const ssize_t at = static_cast<ssize_t>(at_) + (offset > 0 ? offset - 1 : offset);
  if (at < 0) return 0;
  if (at >= static_cast<ssize_t>(text_.size())) return static_cast<size_t>(antlr4::IntStream::EOF);
  return static_cast<unsigned char>(text_[static_cast<size_t>(at)]);
}

std::string ByteStream::getText(const antlr4::misc::Interval& interval) {
  if (interval.a < 0 || interval.b < interval.a) return {};
  const auto begin = std::min(static_cast<size_t>(interval.a), text_.size());
  const auto end = std::min(static_cast<size_t>(interval.b) + 1, text_.size());
  return std::string(text_.substr(begin, end - begin));
}

}  // namespace millrace
