#include "npz_source.hpp"

#include <filesystem>

#include <tessera/core/error.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/io/published_layout.hpp>

namespace tessera::model {
namespace {

/// data.type = "npz": a folder of NumPy archives, its environments permuted by the seed like those
/// that are generated.
class NpzSource final : public domains::DatasetSource {
 public:
  explicit NpzSource(Section &section) : folder_(section.get("path", ""))
  {
    if (folder_.empty()) section.fail("path", "name the folder of the .npz files");
  }
  std::string name() const override { return "npz " + folder_.filename().string(); }
  std::string settings() const override { return {}; }
  domains::Dataset make(std::uint64_t seed, Registry const &, Progress) const override
  {
    domains::Dataset data = io::read_published(folder_);
    domains::permute_environments(data, seed);
    return data;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace

void register_npz_source(Registry &registry)
{
  registry.add<domains::DatasetSource>(
      "npz", "a folder of NumPy archives in the published layout, data.path",
      [](Section &s) { return std::make_unique<NpzSource>(s); });
}

}  // namespace tessera::model
