#include <tessera/meta/mixer_options.hpp>

#include <tessera/meta/published_window.hpp>

namespace tessera::meta {
namespace {

std::shared_ptr<Windows const> read_windows(Section &t)
{
  int const least = t.get_in("window_min", 8, 2, 1000000),
            most = t.get_in("window_max", 25, 2, 1000000);
  if (most < least) t.fail("window_max", "must be at least window_min");
  PublishedWindow published;
  published.skip = t.get_in("window_skip", published.skip, 1, 1000000);
  published.share = t.get_in("window_share", published.share, 0.0, 1.0);
  auto const fresh = make_fresh_windows(least, most);
  return t.choose("window", fresh,
                  {{"fresh", fresh}, {"published", make_published_windows(published)}});
}

}  // namespace

MixerOptions MixerOptions::read(Section &t, Section &p)
{
  MixerOptions o;
  o.outer_steps = t.get_in("outer_steps", o.outer_steps, 1, 10000000);
  o.inner_context = t.get_in("inner_context", o.inner_context, 0, 100000);
  o.inner_model = t.get_in("inner_model", o.inner_model, 1, 100000);
  o.warmup = t.get_in("warmup", o.warmup, 0, 10000000);
  o.held_out = t.choose(
      "held_out", o.held_out,
      {{"none", HeldOut::none}, {"trajectory", HeldOut::trajectory}, {"tail", HeldOut::tail}});
  o.rivals = t.get_in("rivals", o.rivals, -1, 100);
  o.update = t.choose("update", o.update, {"alternate", "joint"});
  o.selection.rule = t.choose("selection", "near", selection_rules());
  o.selection.count = t.get_in("contributors", 1000000, 1, 1000000);
  o.proximal = t.get_in("proximal", o.proximal, 0.0, 1e6);
  o.proximal_power =
      t.choose("proximal_scaling", o.proximal_power, {{"parameter", 0.0}, {"published", 1.0}});
  o.windows = read_windows(t);
  p.choose("type", "adabelief", {"adabelief"});
  o.rate = p.get_in("rate", o.rate, 0.0, 10.0);
  o.context_rate = p.get_in("context_rate", o.context_rate, 0.0, 10.0);
  o.schedule = p.choose("schedule", o.schedule, {"cosine", "step"});
  o.rate_factor = p.get_in("rate_factor", o.rate_factor, 0.0, 1.0);
  o.final_ratio = p.get_in("final_ratio", o.final_ratio, 0.0, 1.0);
  o.context_schedule = p.get("context_schedule", o.context_schedule);
  o.clip = p.get_in("clip", o.clip, 0.0, 1e6);
  o.idle = p.choose("idle", o.idle, {"skip", "update"});
  return o;
}

AdaptOptions AdaptOptions::read(Section &s)
{
  AdaptOptions o;
  o.method = s.choose("method", o.method, {"adabelief", "levenberg_marquardt"});
  o.start = s.choose("start", o.start, {"centroids", "zero"});
  o.starts = s.get_in("starts", o.starts, 1, 1000);
  o.search_steps = s.get_in("search_steps", o.search_steps, 0, 1000000);
  o.polish_steps = s.get_in("polish_steps", o.polish_steps, 0, 1000000);
  o.rate = s.get_in("rate", o.rate, 0.0, 10.0);
  o.iterations = s.get_in("iterations", o.iterations, 1, 10000);
  o.prior = s.get_in("prior", o.prior, 0.0, 1e6);
  return o;
}

}  // namespace tessera::meta
