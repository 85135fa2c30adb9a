#include <tessera/model/experiment.hpp>

#include <tessera/domains/odebench.hpp>
#include <tessera/experts/geps.hpp>

namespace tessera::model {

void register_builtins(Registry &registry)
{
  domains::register_odebench_families(registry);
  experts::register_geps(registry);
}

}  // namespace tessera::model
