#pragma once

namespace tessera {

/// Largest memory of this process so far, in MB.
double peak_rss_mb();

}  // namespace tessera
