#include "coda_fields.hpp"

namespace tessera::fields {

template struct FieldBlocks<float, TimedFields<CodaFields<float>>>;
template struct FieldBlocks<double, TimedFields<CodaFields<double>>>;

}  // namespace tessera::fields
