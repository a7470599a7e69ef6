// What the tests of tables share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "refract/core/errors.h"
#include "refract/data/files/table_file.h"
#include "tests/data/support.h"

namespace refract::testing_support {

class TableFiles : public ::testing::Test {
 protected:
  // A query for a new file of these bytes.
  TableQuery query(const std::string& bytes, const std::string& name = "t.csv") {
    write_file(folder_ / name, bytes);
    TableQuery query;
    query.file = folder_ / name;
    return query;
  }

  Table read(const std::string& bytes) { return read_table(query(bytes)); }

  // Why a table is refused; without "Reading the table FILE", with which every sentence has to begin.
  std::string refusal(const TableQuery& asked) {
    const std::string message = message_of<BadInput>([&] { read_table(asked); });
    const std::string begin = "Reading the table " + asked.file.string();
    EXPECT_EQ(message.substr(0, begin.size()), begin);
    return message.substr(std::min(begin.size(), message.size()));
  }
  std::string refusal(const std::string& bytes) { return refusal(query(bytes)); }

  TempFolder folder_;
};

using Texts = std::vector<std::string>;
using Floats = std::vector<float>;

}  // namespace refract::testing_support
