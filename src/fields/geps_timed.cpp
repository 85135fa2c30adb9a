#include "geps_fields.hpp"

namespace tessera::fields {

template struct FieldBlocks<float, TimedFields<GepsFields<float>>>;
template struct FieldBlocks<double, TimedFields<GepsFields<double>>>;

}  // namespace tessera::fields
