// The reader of data files. libhdf5 1.10 itself crashes on files whose metadata are damaged, which
// no reader above it can mend; so the input does not become the bytes of a file but a plan of one:
// libhdf5 writes well-formed files whose content (groups, attributes, shapes, types, numbers)
// is as wrong as the input likes.

#include <cmath>
#include <limits>

#include <fuzzer/FuzzedDataProvider.h>

#include <tessera/core/error.hpp>
#include <tessera/io/dataset_file.hpp>

#include "check.hpp"
#include "hdf5.hpp"
#include "memory_file.hpp"

namespace {

using namespace tessera;
using io::hdf5::Handle;

/// Makes choices from the fuzzer's bytes. With the bytes used up, all choices are the sound ones.
class Plan {
 public:
  Plan(unsigned char const *data, std::size_t size) : bytes_(data, size) {}

  /// One of n ways; 0 is the sound one.
  int way(int n) { return bytes_.ConsumeIntegralInRange<int>(0, n - 1); }
  bool oddly() { return way(32) == 31; }
  hsize_t extent(hsize_t sound)
  {
    if (!oddly()) return sound;
    switch (way(4)) {
      case 0:
        return 0;
      case 1:
        return sound + 1;
      case 2:
        return hsize_t{1} << way(63);
      default:
        return static_cast<hsize_t>(way(5));
    }
  }
  double number(double sound)
  {
    if (!oddly()) return sound;
    constexpr double odd[] = {std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity(),
                              -1,
                              0,
                              1e308,
                              3};
    return odd[way(6)];
  }
  std::string name(std::string const &sound)
  {
    return oddly() ? bytes_.ConsumeRandomLengthString(12) : sound;
  }

 private:
  FuzzedDataProvider bytes_;
};

Handle space_of(Plan &plan, std::vector<hsize_t> const &extents)
{
  int const way = plan.oddly() ? plan.way(3) : 0;
  if (way == 1) return {H5Screate(H5S_NULL), H5Sclose};
  if (way == 2 || extents.empty()) return {H5Screate(H5S_SCALAR), H5Sclose};
  return {H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose};
}

Handle text_type(Plan &plan)
{
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, plan.oddly() ? 3 : H5T_VARIABLE);
  H5Tset_cset(type, plan.oddly() ? H5T_CSET_ASCII : H5T_CSET_UTF8);
  return type;
}

void put_texts(Plan &plan, hid_t object, char const *name, std::vector<std::string> texts,
               bool scalar = false)
{
  if (plan.oddly()) return;
  for (std::string &text : texts) text = plan.name(text);
  Handle const type = plan.oddly() ? Handle(H5Tcopy(H5T_NATIVE_INT), H5Tclose) : text_type(plan);
  std::vector<hsize_t> extents;
  if (!scalar) extents = {plan.oddly() ? hsize_t(plan.way(4)) : texts.size()};
  Handle const space = space_of(plan, extents);
  Handle const attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (attribute < 0) return;
  texts.resize(8);
  std::vector<char const *> pointers;
  for (std::string const &text : texts) pointers.push_back(plan.oddly() ? nullptr : text.c_str());
  bool const has_pointers = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
  std::vector<char> const letters(256, 'x');
  if (has_pointers) {
    H5Awrite(attribute, type, pointers.data());
  } else {
    H5Awrite(attribute, type, letters.data());
  }
}

void put_number(Plan &plan, hid_t object, char const *name, std::int64_t sound)
{
  if (plan.oddly()) return;
  Handle const space = space_of(plan, {});
  hid_t const type = plan.oddly() ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64;
  Handle const attribute(H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  std::int64_t const value = plan.oddly() ? plan.way(256) - 128 : sound;
  double const real = static_cast<double>(value);
  if (attribute < 0) return;
  H5Awrite(attribute, type, type == H5T_NATIVE_INT64 ? static_cast<void const *>(&value) : &real);
}

hid_t number_type(Plan &plan, hid_t sound)
{
  hid_t const types[] = {sound,        H5T_NATIVE_FLOAT, H5T_IEEE_F64BE, H5T_NATIVE_INT32,
                         H5T_STD_U8LE, H5T_C_S1,         H5T_STD_B32LE};
  return types[plan.oddly() ? plan.way(7) : 0];
}

Handle storage(Plan &plan, std::vector<hsize_t> const &extents)
{
  Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  int const way = plan.way(4);
  bool const holds_some = std::all_of(extents.begin(), extents.end(), [](hsize_t n) { return n; });
  if (way == 1) H5Pset_layout(creation, H5D_COMPACT);
  if (way < 2 || extents.empty() || !holds_some) return creation;
  std::vector<hsize_t> chunk;
  for (hsize_t const n : extents) chunk.push_back(std::min<hsize_t>(n, 4));
  H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
  if (way == 3) H5Pset_deflate(creation, 1);
  H5Pset_fletcher32(creation);
  return creation;
}

/// An array whose numbers are `sound(i)` where the plan is not against it.
template <class Sound>
void put_array(Plan &plan, hid_t group, char const *name, std::vector<hsize_t> extents, hid_t type,
               Sound sound)
{
  if (plan.oddly()) return;
  for (hsize_t &extent : extents) extent = plan.extent(extent);
  if (plan.oddly()) extents.resize(static_cast<std::size_t>(plan.way(6)), 2);
  Handle const space = space_of(plan, extents);
  type = number_type(plan, type);
  Handle const dataset(
      H5Dcreate2(group, name, type, space, H5P_DEFAULT, storage(plan, extents), H5P_DEFAULT),
      H5Dclose);
  if (dataset < 0) return;
  hssize_t const count = H5Sget_simple_extent_npoints(space);
  bool const is_number = H5Tget_class(type) == H5T_INTEGER || H5Tget_class(type) == H5T_FLOAT;
  if (count <= 0 || count > 4096 || !is_number || plan.oddly()) return;  // never written
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = plan.number(sound(i));
  H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
}

void put_split(Plan &plan, hid_t file, char const *name)
{
  if (plan.oddly()) {
    if (plan.way(2)) H5Lcreate_soft("/train", file, name, H5P_DEFAULT, H5P_DEFAULT);
    return;
  }
  Handle const group(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  if (group < 0) return;
  put_array(plan, group, "states", {2, 1, 3, 2}, H5T_NATIVE_DOUBLE, [](auto i) { return i * 0.5; });
  put_array(plan, group, "times", {2, 3}, H5T_NATIVE_DOUBLE, [](auto i) { return i % 3 * 0.1; });
  put_array(plan, group, "family", {2}, H5T_NATIVE_INT64, [](auto i) { return i * 1.0; });
  put_array(plan, group, "parameters", {2, 1}, H5T_NATIVE_DOUBLE, [](auto i) { return i + 1.0; });
}

void put_families(Plan &plan, hid_t file)
{
  std::vector<std::string> const ids{"24", plan.name("35")};
  put_texts(plan, file, "families", ids);
  Handle const all(H5Gcreate2(file, "families", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  for (std::string const &id : ids) {
    Handle const group(H5Gcreate2(all, id.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                       H5Gclose);
    if (group < 0) continue;
    put_texts(plan, group, "name", {"oscillator"}, true);
    put_texts(plan, group, "parameter_names", {"c"});
    put_texts(plan, group, "units", {"m", "m/s", "1"});
  }
}

/// The planned file as bytes.
std::string make_file(Plan &plan)
{
  Handle const access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access, 1 << 16, false);
  if (plan.way(2)) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  Handle const file(H5Fcreate("plan", H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
  put_number(plan, file, "tessera_format", 1);
  put_texts(plan, file, "name", {"fuzz"}, true);
  put_texts(plan, file, "settings", {"s"}, true);
  put_texts(plan, file, "state_names", {"x", "v"});
  put_families(plan, file);
  for (char const *split : {"train", "test", "support", "query"}) put_split(plan, file, split);
  H5Fflush(file, H5F_SCOPE_GLOBAL);
  std::string bytes(static_cast<std::size_t>(H5Fget_file_image(file, nullptr, 0)), '\0');
  H5Fget_file_image(file, bytes.data(), bytes.size());
  return bytes;
}

void check_split(domains::Dataset const &data, domains::Trajectories const &split)
{
  std::size_t const states = split.size() * split.count * split.points * split.dimension;
  fuzz::demand(split.states.size() == states, "states do not fill their shape");
  fuzz::demand(split.times.size() == split.size() * split.points, "times do not fill their shape");
  fuzz::demand(split.size() == 0 || split.dimension == data.state_names.size(), "state names");
  for (double x : split.states) fuzz::demand(std::isfinite(x), "a state is not finite");
  for (domains::Environment const &e : split.environments) {
    fuzz::demand(e.family >= -1 && e.family < int(data.families.size()), "family out of range");
    for (double c : e.parameters) fuzz::demand(std::isfinite(c), "a parameter is not finite");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const *bytes, std::size_t size)
{
  io::hdf5::QuietErrors const quiet;
  Plan plan(bytes, size);
  fuzz::MemoryFile const file(make_file(plan));
  (void)io::dataset_settings(file.path());
  try {
    domains::Dataset const data = io::read_dataset(file.path());
    fuzz::demand(data.train.size() > 0, "no environments");
    // Without a test split, training environments hold some of their trajectories back.
    fuzz::demand(data.test.size() == 0 || data.test.size() == data.train.size(), "test split");
    fuzz::demand(data.family_names.size() == data.families.size(), "family names");
    for (auto const *split : {&data.train, &data.test, &data.support, &data.query}) {
      check_split(data, *split);
    }
  } catch (InputError const &error) {
    fuzz::demand(size > 0, "the sound file is refused", error.what());
    fuzz::check_refusal(error.what());
  }
  return 0;
}
