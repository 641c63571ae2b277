# Writes demo_files.cpp: the demo's SQL and its table as string literals.
file(READ ${QUERIES}/demo.sql demo_queries)
file(READ ${QUERIES}/data/users.csv demo_users)
file(WRITE ${OUTPUT} "#include \"compiler/driver/demo_files.h\"

namespace millrace {

const std::string_view kDemoQueries = R\"demo_file(${demo_queries})demo_file\";
const std::string_view kDemoUsers = R\"demo_file(${demo_users})demo_file\";

}  // namespace millrace
")
