#include "tests/unit/compiler/jit/ir_samples.h"

#include <catch2/catch.hpp>
#include <llvm/AsmParser/Parser.h>
#include <llvm/Support/SourceMgr.h>

namespace millrace::ir_samples {

QueryModule parse(const std::string& text, std::vector<std::string> entries, std::vector<NativeImport> imports) {
  QueryModule query;
  query.context = std::make_unique<llvm::LLVMContext>();
  llvm::SMDiagnostic problem;
  query.module = llvm::parseAssemblyString(text, problem, *query.context);
  INFO(problem.getMessage().str());
  REQUIRE(query.module != nullptr);
  query.entries = std::move(entries);
  query.imports = std::move(imports);
  return query;
}

QueryModule sum_loop(const std::string& add, void* address) {
  const std::string text = R"(
declare void @)" + add + R"((ptr, i64)
define i64 @total(ptr %values, i64 %count) {
start:
  %sum = alloca [4 x i64]
  store [4 x i64] zeroinitializer, ptr %sum
  br label %head
head:
  %i = phi i64 [ 0, %start ], [ %next, %body ]
  %more = icmp slt i64 %i, %count
  br i1 %more, label %body, label %end
body:
  %place = getelementptr i64, ptr %values, i64 %i
  %value = load i64, ptr %place
  call void @)" + add + R"((ptr %sum, i64 %value)
  %next = add i64 %i, 1
  br label %head
end:
  %result = load i64, ptr %sum
  ret i64 %result
}
)";
  return parse(text, {"total"}, {{add, address}});
}

}  // namespace millrace::ir_samples
