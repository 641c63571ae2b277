# Writes an assembly file that holds the bitcode of runtime/hot and a table of the symbols which that bitcode leaves undefined.
# The references are weak: a function that the program does not link cannot be reached from a query either.
execute_process(COMMAND ${NM} --undefined-only --format=just-symbols ${BITCODE}
  OUTPUT_VARIABLE symbols OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" symbols "${symbols}")
list(FILTER symbols EXCLUDE REGEX "^llvm\\.")

set(names "")
set(table "")
set(weak "")
set(count 0)
foreach(symbol ${symbols})
  string(APPEND weak "  .weak ${symbol}\n")
  string(APPEND names ".Lname${count}: .asciz \"${symbol}\"\n")
  string(APPEND table "  .quad .Lname${count}, ${symbol}\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUTPUT} "/* Made by embed_hot_library.cmake. */
  .section .rodata
  .balign 16
  .globl millrace_hot_bitcode_begin
  .globl millrace_hot_bitcode_end
  .hidden millrace_hot_bitcode_begin
  .hidden millrace_hot_bitcode_end
millrace_hot_bitcode_begin:
  .incbin \"${BITCODE}\"
millrace_hot_bitcode_end:
  .byte 0
${names}
${weak}
  .section .data.rel.ro, \"aw\"
  .balign 8
  .globl millrace_hot_symbols_begin
  .globl millrace_hot_symbols_end
  .hidden millrace_hot_symbols_begin
  .hidden millrace_hot_symbols_end
millrace_hot_symbols_begin:
${table}
millrace_hot_symbols_end:
  .quad 0, 0
  .section .note.GNU-stack, \"\", @progbits
")
