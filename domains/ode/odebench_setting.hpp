#pragma once

#include <string>
#include <vector>

namespace tessera::domains {

/// What one family of a benchmark setting starts from.
struct FamilySetting {
  std::string id;
  std::vector<double> reference;         // (parameter)
  std::vector<double> start_a, start_b;  // (state), the reference starts
  double horizon;                        // T_h; 100 points t_k = k T_h / 100 are stored
};

/// One benchmark of the MixER paper: families in the published order, and how the environments
/// around their reference parameters are laid out.
struct OdebenchSetting {
  double low, high;                // the training grid spans low·reference … high·reference
  std::size_t train_environments;  // a family
  std::size_t adapt_environments;  // a family
  std::vector<FamilySetting> families;
};

/// small-4, odebench-2, 10A or 10B; throws InputError with these names for another.
OdebenchSetting odebench_setting(std::string const &name);

}  // namespace tessera::domains
