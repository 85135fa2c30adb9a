#include "file_sources.hpp"

#include <filesystem>

#include <tessera/core/error.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/io/csv_data.hpp>
#include <tessera/io/dataset_file.hpp>
#include <tessera/io/published_layout.hpp>

namespace tessera::model {
namespace {

using Reader = domains::Dataset (*)(std::filesystem::path const &);

/// Data that are there already, in the order of the files.
class FileSource final : public domains::DatasetSource {
 public:
  FileSource(std::string type, Reader read, Section &section)
      : type_(std::move(type)), read_(read), path_(section.get("path", ""))
  {
    if (path_.empty())
      section.fail("path", "is missing: data.type = \"" + type_ + "\" needs the path of the data");
  }
  std::string name() const override { return type_ + " " + path_.filename().string(); }
  std::string settings() const override { return {}; }
  domains::Dataset make(std::uint64_t, Registry const &, Progress) const override
  {
    domains::Dataset data = read_(path_);
    try {
      if (data.test.size() == 0) domains::hold_out_test(data);
    } catch (InputError const &error) {
      throw InputError(path_.string() + ": " + error.what());
    }
    for (auto *split : {&data.train, &data.test, &data.support, &data.query, &data.outside_support,
                        &data.outside_query}) {
      domains::number_environments(*split);
    }
    return data;
  }

 private:
  std::string type_;
  Reader read_;
  std::filesystem::path path_;
};

void add(Registry &registry, std::string const &type, std::string const &about, Reader read)
{
  registry.add<domains::DatasetSource>(type, about, [type, read](Section &section) {
    return std::make_unique<FileSource>(type, read, section);
  });
}

}  // namespace

void register_file_sources(Registry &registry)
{
  add(registry, "npz", "a folder of NumPy archives in the published layout (data.path)",
      io::read_published);
  add(registry, "csv", "a folder of tables t,x,y, a trajectory each, and systems.csv (data.path)",
      io::read_csv_folder);
  add(registry, "hdf5", "a data set file (data.path), as runs write them", io::read_dataset);
}

}  // namespace tessera::model
