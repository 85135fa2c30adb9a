#include "ncf_fields.hpp"

namespace tessera::fields {

template struct FieldBlocks<float, TimedFields<NcfFields<float>>>;
template struct FieldBlocks<double, TimedFields<NcfFields<double>>>;

}  // namespace tessera::fields
