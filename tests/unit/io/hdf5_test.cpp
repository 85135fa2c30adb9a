#include <cstdint>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>

#include "../io/hdf5.hpp"
#include "temporary_folder.hpp"

namespace tessera::io::hdf5 {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The text of the IoError that `action` ends with.
template <class Action>
std::string refusal(Action action)
{
  try {
    action();
  } catch (IoError const &error) {
    return error.what();
  }
  return "no error";
}

std::filesystem::path save(TemporaryFolder const &folder, File const &file)
{
  std::ofstream(folder / "x.h5", std::ios::binary) << file.image();
  return folder / "x.h5";
}

TEST(Hdf5, CompressedArraysOfSeveralChunksComeBack)
{
  TemporaryFolder folder;
  std::vector<float> values(5 * 7 * 20'011), back(values.size());
  std::iota(values.begin(), values.end(), 0.0f);

  {
    File const file = File::in_memory("x.h5");
    file.write<float>("a/b/c", {5, 7, 20'011}, values, Storage::compressed);
    save(folder, file);
  }
  Dataset const dataset = File(folder / "x.h5").group("a").dataset("b/c");
  dataset.read<float>(back);

  EXPECT_EQ(dataset.shape(), (Shape{5, 7, 20'011}));
  EXPECT_EQ(values, back);
  EXPECT_LT(std::filesystem::file_size(folder / "x.h5"), values.size() * sizeof(float) / 2);
}

TEST(Hdf5, AnEmptyArrayKeepsItsShape)
{
  TemporaryFolder folder;
  File const made = File::in_memory("x.h5");
  made.write<double>("empty", {3, 0}, {}, Storage::compressed);

  Dataset const dataset = File(save(folder, made)).dataset("empty");

  EXPECT_EQ(dataset.shape(), (Shape{3, 0}));
  EXPECT_EQ(dataset.size(), 0u);
}

TEST(Hdf5, ArraysCarryNoTimeSoThatTheSameDataMakesTheSameBytes)
{
  TemporaryFolder folder;
  File const made = File::in_memory("x.h5");
  std::vector<double> const values{1.0};
  made.write<double>("array", {1}, values, Storage::checked);

  Handle const file(H5Fopen(save(folder, made).c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  H5O_info_t info;
  herr_t const status = H5Oget_info_by_name2(file, "array", &info, H5O_INFO_TIME, H5P_DEFAULT);

  ASSERT_GE(status, 0);
  EXPECT_EQ(info.ctime, 0);
}

TEST(Hdf5, AttributesGiveTextsAndNumbersBack)
{
  TemporaryFolder folder;
  File const made = File::in_memory("x.h5");
  std::string const text(100'000, 'x');  // more than the 64 KiB that HDF5 grants an attribute
  made.attribute("text").write(text);
  made.attribute("umlaut").write("\xc3\xa4");
  made.attribute("texts").write(std::vector<std::string>{"a", "", "c d"});
  made.attribute("none").write(std::vector<std::string>{});
  made.attribute("number").write(std::int64_t{-5});

  File const file(save(folder, made));

  EXPECT_EQ(file.attribute("text").text(), text);
  EXPECT_EQ(file.attribute("umlaut").text(), "\xc3\xa4");
  EXPECT_EQ(file.attribute("texts").texts(), (std::vector<std::string>{"a", "", "c d"}));
  EXPECT_TRUE(file.attribute("none").texts().empty());
  EXPECT_EQ(file.attribute("number").number(), -5);
}

TEST(Hdf5, TellsFloatFromDouble)
{
  File const file = File::in_memory("x.h5");
  std::vector<float> const values{1.0f};

  Dataset const dataset = file.write<float>("a", {1}, values, Storage::checked);

  EXPECT_TRUE(dataset.holds<float>());
  EXPECT_FALSE(dataset.holds<double>());
}

TEST(Hdf5, AnArrayLargerThanItsFileIsRefusedBeforeMemoryIsTaken)
{
  TemporaryFolder const folder;
  std::string const path = folder / "declared.h5";
  {
    hsize_t const extents[] = {hsize_t{1} << 40, hsize_t{1} << 40}, chunk[] = {2, 2};
    Handle const file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    Handle const space(H5Screate_simple(2, extents, nullptr), H5Sclose);
    Handle const creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(creation, 2, chunk);
    Handle const array(
        H5Dcreate2(file, "a", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, creation, H5P_DEFAULT),
        H5Dclose);
  }

  EXPECT_THAT(refusal([&] { (void)File(path).dataset("a").size(); }),
              HasSubstr("declares more numbers than the file holds"));
}

/// A virtual array v (2, 3) in whole.h5: row e is all of `x` in part<e>.h5, `rows` of them mapped.
void make_virtual(TemporaryFolder const &folder, hsize_t rows, hsize_t asked = 3)
{
  hid_t const file =
      H5Fcreate((folder / "whole.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hsize_t const whole[] = {2, 3}, part[] = {asked};
  Handle const space(H5Screate_simple(2, whole, nullptr), H5Sclose);
  Handle const source(H5Screate_simple(1, part, nullptr), H5Sclose);
  Handle const plan(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  for (hsize_t e = 0; e < rows; ++e) {
    hsize_t const begin[] = {e, 0}, count[] = {1, 3};
    H5Sselect_hyperslab(space, H5S_SELECT_SET, begin, nullptr, count, nullptr);
    hsize_t const first = 0, three = 3;
    H5Sselect_hyperslab(source, H5S_SELECT_SET, &first, nullptr, &three, nullptr);
    H5Pset_virtual(plan, space, ("part" + std::to_string(e) + ".h5").c_str(), "x", source);
  }
  H5Sselect_all(space);
  H5Dclose(H5Dcreate2(file, "v", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, plan, H5P_DEFAULT));
  H5Fclose(file);
}

void make_part(TemporaryFolder const &folder, std::string const &name,
               std::vector<double> const &values)
{
  File const file = File::on_disk(folder / name);
  file.write<double>("x", {values.size()}, values, Storage::compressed);
}

TEST(Hdf5, AVirtualArrayOfSoundPartsIsRead)
{
  TemporaryFolder folder;
  make_part(folder, "part0.h5", {1, 2, 3});
  make_part(folder, "part1.h5", {4, 5, 6});
  make_virtual(folder, 2);
  std::vector<double> values(6);

  Dataset const array = File(folder / "whole.h5").dataset("v");
  array.read<double>(values);

  EXPECT_EQ(values, (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST(Hdf5, AVirtualArrayWithAHoleIsRefused)
{
  TemporaryFolder folder;
  make_part(folder, "part0.h5", {1, 2, 3});
  auto const size = [&] { (void)File(folder / "whole.h5").dataset("v").size(); };

  make_virtual(folder, 2);
  EXPECT_THAT(refusal(size), AllOf(HasSubstr("part1.h5"), HasSubstr("not there")));
  make_part(folder, "part1.h5", {4, 5});
  EXPECT_THAT(refusal(size), HasSubstr("takes more from"));
  make_virtual(folder, 1);
  EXPECT_THAT(refusal(size), HasSubstr("only 3 of its 6 numbers"));
}

TEST(Hdf5, TextsOfFixedAndVariableLengthAreRead)
{
  TemporaryFolder folder;
  std::filesystem::path const path = folder / "x.h5";
  {
    File const file = File::on_disk(path);
    file.write_texts("variable", {"pump 7", "Größe\n"});
    file.write<double>("numbers", {1}, std::vector{1.}, Storage::checked);
  }
  {
    hid_t const type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 4);
    hsize_t const two = 2;
    Handle const space(H5Screate_simple(1, &two, nullptr), H5Sclose);
    hid_t const id = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t const fixed = H5Dcreate2(id, "fixed", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(fixed, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, "ab  long");
    H5Dclose(fixed);
    H5Fclose(id);
    H5Tclose(type);
  }
  File const file(path);

  EXPECT_EQ(file.texts("variable"), (std::vector<std::string>{"pump 7", "Größe\\x0a"}));
  EXPECT_EQ(file.texts("fixed"), (std::vector<std::string>{"ab", "long"}));
  EXPECT_THAT(refusal([&] { file.texts("numbers"); }), HasSubstr("must be an array of text"));
}

TEST(Hdf5, ErrorsNameFileAndObject)
{
  File const file = File::in_memory("made.h5");
  file.attribute("text").write("t");
  file.make_group("group");

  EXPECT_THAT(refusal([&] { file.dataset("array"); }), HasSubstr("made.h5:/array"));
  EXPECT_THAT(refusal([&] { file.group("group").group("b"); }), HasSubstr("made.h5:/group/b"));
  EXPECT_THAT(refusal([&] { file.attribute("none").text(); }),
              AllOf(HasSubstr("attribute none"), HasSubstr("missing")));
  EXPECT_THAT(refusal([&] { file.attribute("text").number(); }), HasSubstr("one integer"));
  EXPECT_THAT(refusal([&] { file.make_group("group"); }), HasSubstr("HDF5: "));
}

TEST(Hdf5, AFailurePrintsNothingAndGivesTheHandlerBack)
{
  H5E_auto2_t before = nullptr, after = nullptr;
  void *data = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &before, &data);

  testing::internal::CaptureStderr();
  std::string const text = refusal([] { File("/no/such/file.h5"); });
  std::string const printed = testing::internal::GetCapturedStderr();
  H5Eget_auto2(H5E_DEFAULT, &after, &data);

  EXPECT_THAT(text, HasSubstr("/no/such/file.h5"));
  EXPECT_EQ(printed, "");
  EXPECT_NE(before, nullptr);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace tessera::io::hdf5
