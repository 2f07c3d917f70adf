// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.h"

#include <algorithm>
#include <utility>

#include "base/contain.h"
#include "base/log.h"

namespace vedette::record {
namespace {

// A stalled disk and a camera that comes and goes make many; the volume's queue is full before.
constexpr size_t kMostEnded = 1024;
constexpr Duration kCheckEvery = std::chrono::milliseconds(500);
constexpr int64_t kMinuteUs = 60'000'000;

bool same_track(const media::TrackInfoPtr& a, const media::TrackInfoPtr& b) {
  return a == b || (a && b && *a == *b);
}

const char* cause_of(const Error& error) {
  return error.code == ErrorCode::kResourceExhausted ? "disk_full" : "volume_missing";
}

std::string_view pause_detail(const store::WhenToRecord& when) {
  return when.on ? "Outside the hours in which this camera is recorded."
                 : "Recording of this camera is switched off.";
}

}  // namespace

Recorder::Recorder(store::Archive& archive, const Clock& clock, RecorderOptions options)
    : archive_(archive),
      clock_(clock),
      options_(std::move(options)),
      gop_(options_.cut),
      gap_(options_.camera, options_.kind,
           [&archive](const store::Gap& gap) { archive.put_gap(gap); }),
      committed_at_(clock.mono()),
      checked_at_(clock.mono()) {
  const WallTime now = clock_.wall();
  when_ = options_.when;
  wanted_ = when_.at(options_.zone(now));
  minute_ = now.us / kMinuteUs;
  gap_.take_over(options_.left);
  if (wanted_)
    open_gap({"starting", "Waiting for the first picture."}, now);
  else
    open_gap({store::kNotScheduled, pause_detail(when_)}, now);
}

Recorder::~Recorder() {
  (void)contain(options_.camera, [&] { (void)end(); });
}

store::Gap Recorder::end() {
  (void)mend();
  // What failed since the last look has nobody else who says so.
  check_failure();
  check_ended();
  const bool recorded = !gap_.get();
  if (recorded && gop_.has_video()) cut(nullptr);
  end_run();
  if (recorded) open_gap({"stopped", "Recording was stopped."}, end_of_recorded());
  // What fails from now on, while the disk is given the rest.
  for (const Ended& ended : ended_) ended.run->leave({ended.start_us}, {ended.end_us});
  ended_.clear();
  return *gap_.get();
}

// What throws costs the fragment that was being made, and not the session with the camera.
void Recorder::on_access_unit(const media::AccessUnitPtr& au) {
  const bool video = media::is_video(au->track->codec);
  const auto take = [&] { video ? on_video(au) : on_audio(au); };
  if (mend() && contain(options_.camera, take)) return;
  threw_ = true;
  if (video && au->random_access && mend()) threw_ = !contain(options_.camera, take);
}

// Puts in order what something that threw has left; false: that throws as well, and is tried again.
bool Recorder::mend() {
  if (threw_) threw_ = !contain(options_.camera, [&] { start_over(); });
  return !threw_;
}

void Recorder::start_over() {
  if (break_due_) return end_session();
  gop_.drop_video();
  waiting_ = true;
  gap_.settle();
  show_gap();
  if (gap_.get() || !wanted_) return;
  open_gap({"overload", "Recording failed inside, or memory ran out; the server's log says how."},
           end_of_recorded());
}

void Recorder::on_video(const media::AccessUnitPtr& au) {
  broken_.reset();
  if (gop_.leaps(*au)) {
    if (gop_.has_video()) cut(nullptr);
    end_run();
    const store::Why why =
        gop_.paused_before(*au)
            ? store::Why{to_string(stream::BreakCause::kStalled), "The camera sent no picture."}
            : store::Why{"discontinuity", "The camera's clock jumped."};
    gop_.reset_at_leap(*au);
    waiting_ = true;
    if (!gap_.get()) open_gap(why, end_of_recorded());
  }
  if (gop_.has_video() && !same_track(gop_.video().back()->track, au->track)) {
    cut(au.get());
    end_run();
    waiting_ = true;
  }
  // A random access unit is clean even if packets before it were lost; anything else that follows a
  // loss refers to pictures that are not there.
  if (au->damaged && !au->random_access && !waiting_) begin_loss(*au);
  if (gop_.complete_before(*au)) cut(au.get());
  if (waiting_ && !au->random_access) return wait_for_key_frame();
  waiting_ = false;
  gop_.add_video(au);
}

void Recorder::wait_for_key_frame() {
  if (!wanted_) return;
  // A pause that is still open lies before the beginning of the hours: it ends now.
  if (!gap_.get() || gap_.is(store::kNotScheduled)) open_key_frame_gap();
  MutexLock lock(mutex_);
  ++status_.lost_frames;
}

void Recorder::open_key_frame_gap() {
  open_gap({"waiting_for_key_frame", "Waiting for a picture that stands alone."},
           end_of_recorded());
}

void Recorder::on_audio(const media::AccessUnitPtr& au) { gop_.add_audio(au); }

void Recorder::begin_loss(const media::AccessUnit& au) {
  if (gop_.has_video()) cut(nullptr);
  waiting_ = true;
  if (!gap_.get())
    open_gap({"loss", "Packets were lost on the way from the camera."},
             end_us_ == 0 ? au.utc : WallTime{end_us_});
}

// Hands over what was collected; `next` is the access unit that follows it, null at a break.
void Recorder::cut(const media::AccessUnit* next) {
  check_failure();
  store::FragmentInput fragment = gop_.take(next);
  if (!wanted_) return;
  if (!ensure_run(*fragment.video.front())) {
    MutexLock lock(mutex_);
    status_.lost_frames += fragment.video.size();
    return;
  }
  if (!run_audio_) fragment.audio.clear();
  // Sound of before the run began has no place in it.
  std::erase_if(fragment.audio, [&](const media::AccessUnitPtr& au) {
    return ticks_to_us(au->dts, au->track->timescale) < run_origin_us_;
  });
  submit(std::move(fragment));
}

// A run for a fragment that begins with `first`, or false and an open gap.
bool Recorder::ensure_run(const media::AccessUnit& first) {
  const bool same = run_ && same_track(run_video_, first.track) &&
                    same_track(run_audio_, gop_.audio_track()) && !run_->should_move();
  // Sound that begins in the middle of a GOP waits for the next random access unit.
  if (run_ && (same || !first.random_access)) return true;
  end_run();
  if (!first.random_access) {
    waiting_ = true;
    return false;
  }
  auto begun = archive_.begin_run(
      {options_.camera, options_.kind, first.track, gop_.audio_track(), first.dts});
  if (!begun) {
    open_gap({cause_of(begun.error()), begun.error().message()}, end_of_recorded());
    return false;
  }
  run_ = std::move(begun).value();
  if (!same_track(run_video_, first.track)) activity_.reset();
  run_start_us_ = first.utc.us;
  run_video_ = first.track;
  run_audio_ = gop_.audio_track();
  run_origin_us_ = ticks_to_us(first.dts, first.track->timescale);
  return true;
}

void Recorder::submit(store::FragmentInput fragment) {
  const media::AccessUnit& first = *fragment.video.front();
  const WallTime start = first.utc;
  const int64_t length = ticks_to_us(fragment.video_end - first.dts, first.track->timescale);
  const size_t frames = fragment.video.size();
  const size_t bytes = fragment.size_bytes();
  fragment.activity = activity_.measure(fragment.video);
  if (!run_->submit(std::move(fragment))) {
    check_failure();
    waiting_ = true;
    MutexLock lock(mutex_);
    status_.lost_frames += frames;
    return;
  }
  end_us_ = start.us + length;
  if (gap_.get()) close_gap(start);
  MutexLock lock(mutex_);
  status_.recording = true;
  ++status_.fragments;
  status_.frames += frames;
  status_.bytes += bytes;
}

void Recorder::end_run() {
  if (!run_) return;
  run_->end();
  ended_.push_back({run_, run_start_us_, end_us_});
  forget_run();
  if (ended_.size() <= kMostEnded) return;
  account_missing(ended_.front(), {"disk_stalled", "The disk did not take it in time."});
  ended_.erase(ended_.begin());
}

void Recorder::forget_run() {
  run_.reset();
  MutexLock lock(mutex_);
  status_.recording = false;
}

// The archive may give a run up at any time: what was handed over and not committed is then
// missing. The run is forgotten last: what throws before is done once more.
void Recorder::check_failure() {
  if (!run_) return;
  const auto failure = run_->failure();
  if (!failure) return;
  const int64_t committed = run_->committed_end_us();
  run_->end();
  // A gap may have been closed for a fragment that is now known not to be there.
  end_us_ = committed > 0 ? committed : run_start_us_;
  if (!gap_.get() || gap_.is("starting"))
    open_gap({failure->cause, failure->detail}, end_of_recorded());
  else  // it began behind fragments that are not there either
    put_missing(end_us_, gap_.get()->start.us, *failure);
  forget_run();
}

void Recorder::check_ended() {
  for (size_t i = 0; i < ended_.size();) {
    const auto failure = ended_[i].run->failure();
    if (failure) account_missing(ended_[i], *failure);
    if (failure || ended_[i].run->committed_end_us() == ended_[i].end_us)
      ended_.erase(ended_.begin() + static_cast<ptrdiff_t>(i));
    else
      ++i;
  }
}

// The end of a run that nobody records any more did not reach the disk.
void Recorder::account_missing(const Ended& ended, const store::RunWriter::Failure& failure) {
  const int64_t committed = ended.run->committed_end_us();
  const int64_t start = committed > 0 ? committed : ended.start_us;
  const auto& gap = gap_.get();
  if (gap && !gap_.is(store::kNotScheduled) && gap->start.us <= ended.end_us) {
    if (gap->start.us <= start) return;
    gap_.begin_at({start});
    return show_gap();
  }
  put_missing(start, ended.end_us, failure);
}

void Recorder::put_missing(int64_t start, int64_t end, const store::RunWriter::Failure& failure) {
  if (start >= end) return;
  const store::Span missing{{start}, {end}, options_.kind};
  archive_.put_gap(
      store::gap_over(missing, options_.camera, {failure.cause, failure.detail}, clock_.wall()));
}

WallTime Recorder::end_of_recorded() const {
  return end_us_ == 0 ? clock_.wall() : WallTime{end_us_};
}

void Recorder::on_break(const stream::Break& why) {
  if (!contain(options_.camera, [&] { broken_ = why; }))
    broken_ = stream::Break{why.cause, {}, why.at};
  threw_ = break_due_ = true;
  (void)mend();
}

void Recorder::end_session() {
  if (gop_.has_video()) cut(nullptr);
  end_run();
  gop_.reset();
  waiting_ = true;
  if (wanted_) open_gap({to_string(broken_->cause), broken_->detail}, end_of_recorded());
  break_due_ = false;
}

void Recorder::set_when(const store::WhenToRecord& when) {
  MutexLock lock(mutex_);
  new_when_ = when;
}

void Recorder::follow_schedule() {
  const WallTime now = clock_.wall();
  {
    MutexLock lock(mutex_);
    // Hours begin and end with a minute; the time zone is asked no more often.
    if (!new_when_ && now.us / kMinuteUs == minute_) return;
    minute_ = 0;  // what throws from here on is done again
    if (new_when_) when_ = *std::exchange(new_when_, std::nullopt);
  }
  const bool wanted = when_.at(options_.zone(now));
  if (!wanted)
    pause();
  else if (!wanted_)
    resume();
  minute_ = now.us / kMinuteUs;
}

void Recorder::pause() {
  if (gap_.alarm()) clear_alarm();
  if (gop_.has_video() && wanted_) {
    cut(nullptr);
    waiting_ = true;
  }
  wanted_ = false;
  end_run();
  open_gap({store::kNotScheduled, pause_detail(when_)}, end_of_recorded());
}

void Recorder::resume() {
  committed_at_ = clock_.mono();
  // The GOP that is under way is recorded, and the pause ends where it begins.
  if (!gop_.has_video()) {
    if (broken_)
      open_gap({to_string(broken_->cause), broken_->detail}, clock_.wall());
    else
      open_key_frame_gap();
  }
  wanted_ = true;
}

void Recorder::open_gap(const store::Why& why, WallTime start) {
  // The last fragments of the run before may have failed after the gap was opened.
  if (gap_.ends_for(why.cause)) check_ended();
  gap_.open(why, start, clock_.wall());
  show_gap();
}

void Recorder::close_gap(WallTime end) {
  check_ended();
  gap_.close(end);
  show_gap();
}

void Recorder::show_gap() {
  gap_shown_ = false;
  MutexLock lock(mutex_);
  status_.gap = gap_.get();
  gap_shown_ = true;
}

void Recorder::on_tick(MonoTime now) {
  if (now - checked_at_ < kCheckEvery) return;
  checked_at_ = now;
  if (mend()) (void)contain(options_.camera, [&] { look(now); });
}

void Recorder::look(MonoTime now) {
  check_failure();
  check_ended();
  gap_.settle();
  if (!gap_shown_) show_gap();
  follow_schedule();
  if (!wanted_) committed_at_ = now;
  const auto run = run_ ? run_ : ended_.empty() ? nullptr : ended_.back().run;
  const int64_t committed = run ? run->committed_end_us() : 0;
  if (committed > 0 && committed != committed_us_) {
    committed_us_ = committed;
    committed_at_ = now;
  }
  const bool alarm = now - committed_at_ >= options_.alarm_after;
  if (alarm && !gap_.alarm()) raise_alarm();
  if (!alarm && gap_.alarm()) clear_alarm();
  MutexLock lock(mutex_);
  if (committed_us_ > 0) status_.last_fragment = WallTime{committed_us_};
}

void Recorder::raise_alarm() {
  const WallTime now = clock_.wall();
  WallTime since = gap_.get() ? gap_.get()->start : now - options_.alarm_after;
  if (committed_us_ > 0) since = {committed_us_};
  const std::string why = gap_.raise_alarm(since, now);
  log::warn("record", "camera={} stream={} not recorded since {}: {}", options_.camera,
            media::to_string(options_.kind), to_rfc3339(since), why);
  show_gap();
  MutexLock lock(mutex_);
  status_.alarm = true;
  status_.silent_since = since;
}

void Recorder::clear_alarm() {
  gap_.clear_alarm();
  log::info("record", "camera={} stream={} is recorded again", options_.camera,
            media::to_string(options_.kind));
  MutexLock lock(mutex_);
  status_.alarm = false;
  status_.silent_since.reset();
}

RecorderStatus Recorder::status() const {
  MutexLock lock(mutex_);
  return status_;
}

}  // namespace vedette::record
