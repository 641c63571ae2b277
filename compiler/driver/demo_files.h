#pragma once

#include <string_view>

namespace millrace {

/// queries/demo.sql and queries/data/users.csv as they were when this program was built (demo_files.cpp is made by CMake).
extern const std::string_view kDemoQueries;
extern const std::string_view kDemoUsers;

}  // namespace millrace
