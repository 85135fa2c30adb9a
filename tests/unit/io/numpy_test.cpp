#include <cmath>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/io/numpy.hpp>

#include "../io/numpy_header.hpp"
#include "numpy_files.hpp"
#include "support/refusal.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using Shape = std::vector<std::size_t>;

/// 0, 1, 2, … divided by 8, as in make.py.
std::vector<double> ramp(std::size_t count)
{
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(i) / 8.0;
  return values;
}

NumpyArray parse(std::string const &text)
{
  return parse_npy(std::as_bytes(std::span(text)), "array");
}

std::string refusal_of_file(std::string const &name)
{
  return refusal([&] { read_npz(made_by_numpy(name)); });
}

/// A .npy file of version 1.0 with this dictionary and 8 bytes for every value.
std::string make_npy(std::string dictionary, std::size_t values)
{
  std::string text = "\x93NUMPY";
  text += {'\x01', '\x00', static_cast<char>(dictionary.size()), '\x00'};
  return text + dictionary + std::string(8 * values, '\0');
}

std::string refusal_of_dictionary(std::string const &dictionary, std::size_t values = 3)
{
  return refusal([&] { parse(make_npy(dictionary, values)); });
}

TEST(Numpy, ReadsSavezSavezCompressedAndFloat32Alike)
{
  for (char const *name : {"plain.npz", "compressed.npz", "float32.npz"}) {
    auto const arrays = read_npz(made_by_numpy(name));

    ASSERT_EQ(arrays.size(), 2u) << name;
    EXPECT_THAT(arrays.at("t").shape, ElementsAre(4)) << name;
    EXPECT_EQ(arrays.at("t").values, ramp(4)) << name;
    EXPECT_THAT(arrays.at("X").shape, ElementsAre(2, 3, 4, 2)) << name;
    EXPECT_EQ(arrays.at("X").values, ramp(48)) << name;
  }
}

TEST(Numpy, ConvertsIntegersOfEveryWidthAndBothByteOrders)
{
  auto const arrays = read_npz(made_by_numpy("types.npz"));

  for (char const *type : {"u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8"}) {
    EXPECT_THAT(arrays.at(type).values, ElementsAre(0, 1, 100)) << type;
  }
  EXPECT_THAT(arrays.at("negative").values, ElementsAre(-1, -100));
  EXPECT_THAT(arrays.at("i4_big").values, ElementsAre(-2, 70000));
  EXPECT_EQ(arrays.at("f4_big").values, ramp(5));
  EXPECT_EQ(arrays.at("f8_big").values, ramp(5));
}

TEST(Numpy, TurnsFortranOrderIntoCOrder)
{
  auto const arrays = read_npz(made_by_numpy("orders.npz"));

  EXPECT_THAT(arrays.at("fortran").shape, ElementsAre(2, 3, 4));
  EXPECT_EQ(arrays.at("fortran").values, ramp(24));
  EXPECT_EQ(arrays.at("c").values, ramp(24));
  EXPECT_THAT(arrays.at("fortran_big").shape, ElementsAre(3, 2));
  EXPECT_EQ(arrays.at("fortran_big").values, ramp(6));
}

TEST(Numpy, ANumberHasNoAxisAndAnEmptyArrayNoValue)
{
  auto const arrays = read_npz(made_by_numpy("orders.npz"));

  EXPECT_THAT(arrays.at("number").shape, IsEmpty());
  EXPECT_THAT(arrays.at("number").values, ElementsAre(2.5));
  EXPECT_THAT(arrays.at("empty").shape, ElementsAre(0, 3));
  EXPECT_THAT(arrays.at("empty").values, IsEmpty());
}

TEST(Numpy, ReadsTheThreeVersionsOfTheFormat)
{
  for (char const *name : {"version1.npy", "version2.npy", "version3.npy"}) {
    NumpyArray const array = parse(read_text(made_by_numpy(name)));

    EXPECT_THAT(array.shape, ElementsAre(2, 3)) << name;
    EXPECT_EQ(array.values, ramp(6)) << name;
  }
}

TEST(Numpy, ArraysThatNobodyWantsMayBeOfAnyType)
{
  auto const arrays = read_npz(made_by_numpy("objects.npz"), {"t"});

  ASSERT_EQ(arrays.size(), 1u);
  EXPECT_EQ(arrays.at("t").values, ramp(4));
}

TEST(Numpy, ReadsTextAsUtf8WithoutControlCharacters)
{
  std::vector<std::string> const names{"pump 7", "Größe\\x0a µ"};

  EXPECT_EQ(read_npz_texts(made_by_numpy("named.npz"), "names"), names);
  EXPECT_EQ(read_npz_texts(made_by_numpy("named_big.npz"), "names"), names);
  EXPECT_EQ(read_npz_texts(made_by_numpy("named.npz"), "parameter_names"),
            std::vector<std::string>{"k"});
  EXPECT_EQ(read_npz_texts(made_by_numpy("named.npz"), "none"), std::nullopt);
  EXPECT_THAT(refusal([] { read_npz_texts(made_by_numpy("named.npz"), "t"); }),
              HasSubstr("not text"));
}

TEST(Numpy, AnArrayThatIsNotThereIsRefusedWithThoseThatAre)
{
  EXPECT_THAT(refusal([] {
                read_npz(made_by_numpy("missing.npz"), {"t", "X"});
              }),
              AllOf(HasSubstr("missing.npz: there is no array t"), HasSubstr("time, X")));
}

TEST(Numpy, TypesThatAreNoRealNumbersAreRefusedWithAdvice)
{
  EXPECT_THAT(refusal_of_file("objects.npz"),
              AllOf(HasSubstr("objects.npz: array X: holds Python objects"),
                    HasSubstr("dtype=numpy.float64")));
  EXPECT_THAT(refusal_of_file("texts.npz"), HasSubstr("array names: holds values of type \"<U1\""));
  EXPECT_THAT(refusal_of_file("records.npz"), HasSubstr("array points: holds records"));
  EXPECT_THAT(refusal_of_file("complex.npz"), HasSubstr("values of type \"<c16\""));
}

TEST(Numpy, ReadingStopsWhereAStopIsAskedFor)
{
  request_stop();
  EXPECT_THROW(read_npz(made_by_numpy("types.npz")), Stopped);
  clear_stop();

  EXPECT_FALSE(read_npz(made_by_numpy("types.npz")).empty());
}

TEST(Numpy, DamagedArchivesAreRefused)
{
  EXPECT_THAT(refusal_of_file("truncated.npz"), HasSubstr("truncated.npz: is no archive"));
  EXPECT_THAT(refusal_of_file("flipped.npz"), HasSubstr("flipped.npz: array X: holds other bytes"));
  EXPECT_THAT(refusal_of_file("short.npz"),
              AllOf(HasSubstr("short.npz: array X: is 504 bytes long"), HasSubstr("512")));
  EXPECT_THAT(refusal_of_file("version1.npy"), HasSubstr("is no archive"));
  EXPECT_THAT(refusal_of_file("none.npz"), HasSubstr("none.npz: there is no such file"));
  EXPECT_THAT(refusal([] { read_npz(made_by_numpy("")); }), HasSubstr("there is no such file"));
}

TEST(Numpy, AFlippedBitInAnyByteGivesTheSameNumbersOrARefusal)
{
  TemporaryFolder folder;
  std::filesystem::path const file = folder / "data.npz";
  std::string const whole = read_text(made_by_numpy("compressed.npz"));
  int refused = 0;

  for (std::size_t byte = 0; byte < whole.size(); ++byte) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << byte % 8));
    write_text(file, damaged);
    try {
      auto const arrays = read_npz(file, {"t", "X"});
      EXPECT_EQ(arrays.at("t").values, ramp(4)) << "byte " << byte;
      EXPECT_EQ(arrays.at("X").values, ramp(48)) << "byte " << byte;
    } catch (InputError const &error) {
      EXPECT_THAT(error.what(), StartsWith(file.string()));
      ++refused;
    }
  }

  EXPECT_GT(refused, static_cast<int>(whole.size() / 2));
}

TEST(Numpy, AnArchiveThatOverstatesItsSizeIsRefused)
{
  TemporaryFolder folder;
  std::string bytes = read_text(made_by_numpy("compressed.npz"));
  bytes.replace(bytes.find("PK\x01\x02") + 24, 4, "\xff\xff\xff\x7f");
  write_text(folder / "data.npz", bytes);

  EXPECT_THAT(refusal([&] { read_npz(folder / "data.npz"); }),
              HasSubstr("array t: ends too early"));
}

TEST(Numpy, AnEntryLargerThanItsPackedBytesOrTheLimitIsRefused)
{
  NpyHeader header;
  header.shape = {1000};
  header.count = 1000;
  header.offset = 128;

  EXPECT_NO_THROW(check_npz_entry(header, {8, 8128}, 1000, "X"));
  EXPECT_THAT(refusal([&] { check_npz_entry(header, {7, 8128}, 1000, "X"); }), "no error");
  EXPECT_THAT(refusal([&] {
                check_npz_entry(header, {6, 8128}, 1000, "X");
              }),
              HasSubstr("X: claims to unpack 6 bytes to 8128"));
  EXPECT_THAT(refusal([&] {
                check_npz_entry(header, {8, 8120}, 1000, "X");
              }),
              HasSubstr("X: is 8120 bytes long"));
  EXPECT_THAT(refusal([&] {
                check_npz_entry(header, {8, 8128}, 999, "X");
              }),
              HasSubstr("X: has 1000 values where 999 are left"));
}

TEST(NumpyHeader, KeysMayStandInAnyOrderAndEitherQuotes)
{
  NumpyArray const array =
      parse(make_npy("{ \"shape\":(3L,),'fortran_order' : False,'descr':'=f8' }\n", 3));

  EXPECT_THAT(array.shape, ElementsAre(3));
  EXPECT_THAT(array.values, ElementsAre(0, 0, 0));
}

TEST(NumpyHeader, ShapesBeyondAnyMemoryAreRefused)
{
  std::string const begin = "{'descr': '<f8', 'fortran_order': False, 'shape': (";

  EXPECT_THAT(refusal_of_dictionary(begin + "4294967296, 4294967296), }"),
              HasSubstr("more values than any memory holds"));
  EXPECT_THAT(refusal_of_dictionary(begin + "2305843009213693952,), }"),
              HasSubstr("more values than any memory holds"));
  EXPECT_THAT(refusal_of_dictionary(begin + "36893488147419103232,), }"),
              HasSubstr("the shape is no list of lengths"));
  EXPECT_THAT(refusal_of_dictionary(begin + "-3,), }"),
              HasSubstr("the shape is no list of lengths"));
  EXPECT_THAT(refusal_of_dictionary(begin + "1000000000000,), }"),
              HasSubstr("bytes long where its header"));
}

TEST(NumpyHeader, BrokenDictionariesAreRefusedWithTheReason)
{
  std::string const order = "'fortran_order': False, ", shape = "'shape': (3,), ";

  EXPECT_THAT(refusal_of_dictionary("{" + order + shape + "}"), HasSubstr("it lacks descr"));
  EXPECT_THAT(refusal_of_dictionary("{" + order + order + shape + "}"), HasSubstr("twice"));
  EXPECT_THAT(refusal_of_dictionary("{'x': 1, }"), HasSubstr("unknown key"));
  EXPECT_THAT(refusal_of_dictionary("{'descr': '<f8', " + order + shape), HasSubstr("missing"));
  EXPECT_THAT(refusal_of_dictionary("{'descr': '<f8', " + order + shape + "} 1"),
              HasSubstr("behind it"));
  EXPECT_THAT(refusal_of_dictionary("{'descr"), HasSubstr("a quote is not closed"));
  EXPECT_THAT(refusal_of_dictionary("{'fortran_order': 0, }"), HasSubstr("True or False"));
  EXPECT_THAT(refusal_of_dictionary("{'shape': (3 4), }"), HasSubstr("',' is missing"));
  EXPECT_THAT(refusal_of_dictionary("{'descr': '<f2', "), HasSubstr("values of type \"<f2\""));
}

TEST(NumpyHeader, OtherVersionsAndOtherFilesAreRefused)
{
  std::string newer = read_text(made_by_numpy("version1.npy")), longer = newer;
  newer[6] = 4;
  longer[6] = 2;  // its length field then reads the text behind it

  EXPECT_THAT(refusal([&] { parse(newer); }), HasSubstr("version 4"));
  EXPECT_THAT(refusal([&] { parse(longer); }), HasSubstr("has a header of"));
  EXPECT_THAT(refusal([&] { parse("PK"); }), HasSubstr("does not begin as an array of NumPy"));
}

TEST(NumpyHeader, EveryPrefixOfAnArrayIsRefused)
{
  std::string const whole = read_text(made_by_numpy("version2.npy"));

  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THROW(parse(whole.substr(0, length)), InputError) << length;
  }
  EXPECT_NO_THROW(parse(whole));
}

TEST(NumpyHeader, NoByteMakesMoreValuesThanAreThere)
{
  std::string const whole = read_text(made_by_numpy("version1.npy"));
  int read = 0;

  for (std::size_t at = 0; at < 128; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = whole;
      changed[at] = static_cast<char>(byte);
      try {
        EXPECT_LE(parse(changed).values.size(), whole.size() - 128);
        ++read;
      } catch (InputError const &) {
      }
    }
  }

  EXPECT_GT(read, 128);  // each byte as it was, at least
}

TEST(NumpyHeader, IsTheOneThatNumpyWrites)
{
  std::string const theirs = read_text(made_by_numpy("version1.npy"));

  EXPECT_EQ(make_npy_header({2, 3}), theirs.substr(0, 128));
  EXPECT_THAT(make_npy_header({7}), HasSubstr("'shape': (7,), }"));
  EXPECT_THAT(make_npy_header({}), HasSubstr("'shape': (), }"));
}

TEST(Numpy, GivesArraysBackBitForBit)
{
  TemporaryFolder folder;
  std::map<std::string, NumpyArray> const arrays = {
      {"X", {{2, 3}, {1.0 / 3.0, -0.0, 5e-324, 1e308, std::numeric_limits<double>::infinity(), 7}}},
      {"Größe", {{}, {0.1}}},
      {"empty", {{3, 0}, {}}}};

  write_npz(folder / "a.npz", arrays);
  write_npz(folder / "b.npz", arrays);
  auto const back = read_npz(folder / "a.npz");

  ASSERT_EQ(back.size(), arrays.size());
  for (auto const &[name, array] : arrays) {
    EXPECT_EQ(back.at(name).shape, array.shape) << name;
    EXPECT_EQ(back.at(name).values, array.values) << name;
  }
  EXPECT_TRUE(std::signbit(back.at("X").values[1]));
  EXPECT_EQ(read_text(folder / "a.npz"), read_text(folder / "b.npz"));
  EXPECT_FALSE(holds_temporaries(folder.path()));
}

TEST(Numpy, ArraysThatDoNotFillTheirShapeAreNotWritten)
{
  TemporaryFolder folder;

  EXPECT_THAT(refusal([&] {
                write_npz(folder / "a.npz", {{"X", {{2, 3}, ramp(5)}}});
              }),
              AllOf(HasSubstr("a.npz: array X: has 5 values"), HasSubstr("fill its shape")));
  EXPECT_THAT(refusal([&] { write_npz(folder / "a.npz", {}); }), HasSubstr("no array to write"));
  EXPECT_FALSE(std::filesystem::exists(folder / "a.npz"));
}

TEST(Numpy, AFolderThatCannotBeWrittenIsAnIoError)
{
  TemporaryFolder folder;
  write_text(folder / "file", "");

  EXPECT_THROW(write_npz(folder / "file/a.npz", {{"X", {{1}, {1.0}}}}), IoError);
}

}  // namespace
}  // namespace tessera::io
