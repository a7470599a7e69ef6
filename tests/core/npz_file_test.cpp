#include "refract/core/npz_file.h"
#include "refract/core/npz_text.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/npz_writer.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

std::filesystem::path written(const std::string& bytes) {
  static const testing_support::TempFolder folder;
  write_file(folder / "a.npz", bytes);
  return folder / "a.npz";
}

std::string header(const std::string& type, const std::string& shape, bool column_major = false) {
  const std::string text = fmt::format("{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}\n", type,
                                       column_major ? "True" : "False", shape);
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(text.size()) + '\0' + text;
}

// The one array of a file, called "a", whose values are these bytes.
Tensor read_back(const std::string& type, const std::string& shape, const std::string& values,
                 bool column_major = false) {
  return read_npz(written(npz({{"a", header("'" + type + "'", shape, column_major) + values}}))).at("a");
}

std::string complaint(const std::string& bytes, const std::vector<std::string>& names = {}) {
  try {
    read_npz(written(bytes), names);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

TEST(NpzFile, ReadsWhatTheProgramWrites) {
  const Tensor e = at::tensor({1.0F, -2.5F, 3.0F, 4.0F, 5.0F, 6.0F}).view({3, 2});
  const auto file =
      written(npz({npz_array("e", e), npz_array("files", {std::string("a.png"), std::string("\xc3\xa9")})}));
  const NpzArrays arrays = read_npz(file);
  ASSERT_EQ(arrays.size(), 1U);  // text is passed over
  EXPECT_TRUE(arrays.at("e").equal(e));
  EXPECT_EQ(read_npz_texts(file, "files"), (std::vector<std::string>{"a.png", "\xc3\xa9"}));
  EXPECT_TRUE(testing_support::contains(testing_support::message_of<BadInput>([&] { read_npz_texts(file, "e"); }),
                                        "'e' Unicode strings"));
  EXPECT_TRUE(read_npz_texts(file, "other").empty());
}

// numpy.savez_compressed(file, codes=numpy.array([[1.5, -2, 3], [4, 5, 6.25]], "f4")), numpy 1.24.
TEST(NpzFile, ReadsWhatNumPyCompresses) {
  const std::string hex =
      "504b0304140000000800000021005bfec51a5a0000009800000009001400636f6465732e6e70790100100098000000000000005a0000"
      "00000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc294e058a"
      "17672416a402f91a463a0ac69a3a0ab50a64032e068603f60c408281c1c18181a101881700f1090700504b0102140314000000080000"
      "0021005bfec51a5a00000098000000090000000000000000000000800100000000636f6465732e6e7079504b05060000000001000100"
      "37000000950000000000";
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  const Tensor codes = read_npz(written(bytes), {"codes"}).at("codes");
  EXPECT_TRUE(codes.equal(at::tensor({1.5F, -2.0F, 3.0F, 4.0F, 5.0F, 6.25F}).view({2, 3})));
}

TEST(NpzFile, ReadsEveryTypeOfRealNumbers) {
  const std::string max = "\xff\xff\xff\xff";
  const std::string zeros(4, '\0');
  const auto reads = [](const std::string& type, const std::string& bytes, at::ScalarType wanted, double value) {
    const Tensor a = read_back(type, "(1,)", bytes);
    EXPECT_EQ(a.scalar_type(), wanted) << type;
    EXPECT_EQ(a.to(at::kDouble).item<double>(), value) << type;
  };
  reads("|b1", "\x01", at::kBool, 1);
  reads("|u1", "\xff", at::kByte, 255);
  reads("|i1", "\xff", at::kChar, -1);
  reads("<i2", max.substr(2), at::kShort, -1);
  reads("<u2", max.substr(2), at::kInt, 65535);
  reads("<i4", max, at::kInt, -1);
  reads("<u4", max, at::kLong, 4294967295.0);
  reads("<i8", max + max, at::kLong, -1);
  reads("<u8", max + zeros, at::kLong, 4294967295.0);
  reads("<f2", std::string("\x00\x3e", 2), at::kHalf, 1.5);
  reads("<f4", std::string("\x00\x00\xc0\x3f", 4), at::kFloat, 1.5);
  reads("<f8", zeros + std::string("\x00\x00\xf8\x3f", 4), at::kDouble, 1.5);
  EXPECT_NE(complaint(npz({{"a", header("'<u8'", "(1,)") + max + max}})).find("beyond 2^63"), std::string::npos);
}

TEST(NpzFile, ReadsShapesInBothOrders) {
  const std::string six("\0\1\2\3\4\5", 6);
  EXPECT_TRUE(read_back("|u1", "(2, 3)", six).equal(at::tensor({0, 1, 2, 3, 4, 5}, at::kByte).view({2, 3})));
  EXPECT_TRUE(read_back("|u1", "(2, 3)", six, true).equal(at::tensor({0, 2, 4, 1, 3, 5}, at::kByte).view({2, 3})));
  EXPECT_EQ(read_back("|u1", "(1, 2, 3)", six, true)[0][1][2].item<int>(), 5);
  EXPECT_EQ(read_back("|u1", "()", "\7").dim(), 0);
  EXPECT_EQ(read_back("|u1", "(0, 4)", "").sizes(), (std::vector<int64_t>{0, 4}));
}

TEST(NpzFile, PassesOverWhatIsNoNumbersUnlessNamed) {
  const std::string bytes = npz({{"metadata", header("'|O'", "(1,)") + "pickled"},
                                 {"fields", header("[('x', '<f4')]", "(1,)") + "1234"},
                                 {"big", header("'>f4'", "(1,)") + "1234"},
                                 {"codes", header("'|u1'", "(1,)") + "1"}});
  EXPECT_EQ(read_npz(written(bytes)).size(), 1U);
  EXPECT_NE(complaint(bytes, {"metadata"}).find("Python objects"), std::string::npos);
  EXPECT_NE(complaint(bytes, {"big"}).find("big-endian"), std::string::npos);
  const std::string missing = complaint(bytes, {"imgs"});
  EXPECT_NE(missing.find("no array 'imgs'"), std::string::npos) << missing;
  EXPECT_NE(missing.find("metadata, fields, big, codes"), std::string::npos) << missing;
}

TEST(NpzFile, RowsComeInOrderAndPieces) {
  const Tensor a = at::tensor({1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 7.0F, 8.0F, 9.0F, 10.0F}).view({5, 2});
  const auto file = written(npz({npz_array("a", a)}));
  std::vector<Tensor> parts;
  read_npz_rows(file, "a", 2, [&](int64_t first, const Tensor& rows) {
    EXPECT_EQ(first, static_cast<int64_t>(2 * parts.size()));
    parts.push_back(rows);
  });
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts.back().size(0), 1);
  EXPECT_TRUE(at::cat(parts).equal(a));
  const auto turned = written(npz({{"a", header("'|u1'", "(1, 1)", true) + "1"}}));
  EXPECT_THROW(read_npz_rows(turned, "a", 2, [](int64_t, const Tensor&) {}), BadInput);
}

TEST(NpzFile, DamageIsNamed) {
  const std::string good = npz({npz_array("a", at::tensor({1.0F, 2.0F}))});
  EXPECT_EQ(complaint(good), "none");
  EXPECT_NE(complaint("no archive").find("expected a NumPy archive"), std::string::npos);
  EXPECT_NE(complaint(good.substr(0, good.size() / 2)).find("expected a NumPy archive"), std::string::npos);
  std::string flipped = good;
  flipped[good.find('\n', good.find("NUMPY")) + 2] ^= 1;
  EXPECT_NE(complaint(flipped).find("damaged array 'a'"), std::string::npos) << complaint(flipped);
  const std::vector<std::string> bad = {"",
                                        "text",
                                        header("'<f4'", "(3,)") + "12345678",
                                        header("'<f4'", "(-1,)"),
                                        header("'<f4'", "(4611686018427387904, 4)"),
                                        header("'<f4'", "(x,)")};
  for (const std::string& npy : bad)
    EXPECT_NE(complaint(npz({{"a", npy}})).find("damaged array 'a'"), std::string::npos) << npy;
  EXPECT_THROW(read_npz("no/such/file.npz"), BadInput);
}

std::vector<std::string> texts_in(const std::string& type, const std::string& shape, const std::string& values,
                                  bool column_major = false) {
  return read_npz_texts(written(npz({{"a", header("'" + type + "'", shape, column_major) + values}})), "a");
}

TEST(NpzFile, ReadsTextInTwoDimensionsAndAsBytes) {
  EXPECT_EQ(texts_in("|S2", "(3,)", std::string("ab\0\0c\0", 6)), (std::vector<std::string>{"ab", "", "c"}));
  const std::vector<std::string> rows = {"a", "b", "c", "d", "e", "f"};
  EXPECT_EQ(texts_in("|S1", "(2, 3)", "abcdef"), rows);
  EXPECT_EQ(texts_in("|S1", "(2, 3)", "adbecf", true), rows);
  EXPECT_EQ(texts_in("<U1", "(1, 2)", std::string("a\0\0\0b\0\0\0", 8)), (std::vector<std::string>{"a", "b"}));
}

TEST(NpzFile, ListsWhatIsThere) {
  const auto file = written(npz({{"e", header("'<f4'", "(1, 2)") + "12345678"},
                                 {"n", header("'<i2'", "(1,)") + "12"},
                                 {"t", header("'<U1'", "(1,)") + "1234"},
                                 {"o", header("'|O'", "()") + "pickled"}}));
  const std::vector<NpzEntry> entries = list_npz(file);
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].name, "e");
  EXPECT_EQ(entries[0].shape, (std::vector<int64_t>{1, 2}));
  const std::vector<NpzKind> kinds = {NpzKind::fractions, NpzKind::whole_numbers, NpzKind::text, NpzKind::other};
  for (size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(entries[i].kind, kinds[i]) << entries[i].name;
}

TEST(NpzFile, SaysWhatItCannotReadAndWhatToDo) {
  const auto said = [](const std::string& type) {
    return complaint(npz({{"a", header(type, "(1,)") + "12345678"}}), {"a"});
  };
  EXPECT_TRUE(testing_support::contains(said("'>f8'"), "found big-endian values. Save array.astype(")) << said("'>f8'");
  EXPECT_TRUE(testing_support::contains(said("'|O'"), "found Python objects. Save texts as")) << said("'|O'");
  EXPECT_TRUE(testing_support::contains(said("[('x', '<f8')]"), "found structured values. Save each field"));
  EXPECT_TRUE(testing_support::contains(said("'<U2'"), "found text. Save numbers instead."));
}

// Little-endian, in so many bytes.
std::string number(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xffU);
  return text;
}

std::string deflated_bytes(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// An archive of one array "a" that is deflated, and that says it has `size` bytes.
std::string archive(const std::string& data, uint64_t size, uint32_t crc) {
  const std::string about = number(8, 2) + number(0, 4) + number(crc, 4) + number(data.size(), 4) + number(size, 4) +
                            number(5, 2) + number(0, 2);
  const std::string local = "PK\x03\x04" + number(20, 2) + number(0, 2) + about + "a.npy" + data;
  const std::string central = "PK\x01\x02" + number(20, 2) + number(20, 2) + number(0, 2) + about + number(0, 2) +
                              number(0, 2) + number(0, 2) + number(0, 4) + number(0, 4) + "a.npy";
  return local + central + "PK\x05\x06" + number(0, 4) + number(1, 2) + number(1, 2) + number(central.size(), 4) +
         number(local.size(), 4) + number(0, 2);
}

// What is said to be there is compared with what can be before memory is taken for it.
TEST(NpzFile, WhatUnpacksToMoreThanMayBeHeldIsRefusedUnread) {
  const uint64_t values = uint64_t{3} << 30;
  const std::string head = header("'|u1'", fmt::format("({},)", values));
  const std::string bomb = archive(deflated_bytes(head) + std::string(4 << 20, '\0'), head.size() + values, 0);
  EXPECT_NE(complaint(bomb).find("array 'a' of"), std::string::npos) << complaint(bomb);
  EXPECT_NE(complaint(bomb).find("at most 2048 MiB to hold at once, found 3072 MiB"), std::string::npos)
      << complaint(bomb);
  const std::string row = header("'|u1'", fmt::format("(1, {})", values));
  const auto file = written(archive(deflated_bytes(row) + std::string(4 << 20, '\0'), row.size() + values, 0));
  EXPECT_TRUE(testing_support::contains(
      testing_support::message_of<BadInput>([&] { read_npz_rows(file, "a", 10, [](int64_t, const Tensor&) {}); }),
      "at most 2048 MiB"));
}

TEST(NpzFile, SizesThatCannotBeAreNamed) {
  const std::string head = header("'|u1'", "(1000000,)");
  const std::string little = archive(deflated_bytes(head + "few"), head.size() + 1000000, 0);
  EXPECT_NE(complaint(little).find("bytes cannot lie in"), std::string::npos) << complaint(little);

  const std::string more = head + std::string(1000001, 'x');
  const uint32_t crc = crc32({more.data(), more.size()});
  const std::string behind = complaint(archive(deflated_bytes(more), head.size() + 1000000, crc));
  EXPECT_NE(behind.find("damaged array 'a'"), std::string::npos) << behind;
  EXPECT_EQ(behind.find("No error"), std::string::npos) << behind;

  std::string dimensions = "(";
  for (int i = 0; i < 65; ++i) dimensions += "1,";
  for (const std::string& shape : {std::string("(0, 4611686018427387904, 4)"), dimensions + ")"})
    EXPECT_NE(complaint(npz({{"a", header("'|u1'", shape) + "1"}})).find("does not begin as a .npy file"),
              std::string::npos)
        << shape;
}

}  // namespace
}  // namespace refract
