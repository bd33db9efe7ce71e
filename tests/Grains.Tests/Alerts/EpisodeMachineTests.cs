using DagmmStream.Grains.Alerts;
using FsCheck.Xunit;

namespace DagmmStream.Grains.Tests.Alerts;

public sealed class EpisodeMachineTests
{
    private const long Second = 1_000_000;
    private static readonly PartitionId Partition = new("s", 3);
    private static readonly AlertPolicy Short = new() { CloseAfterEvents = 2, HoldPValue = 0.1 };

    [Fact]
    public void Observe_AnomalyThenCalm_RaisesAtOnceAndEndsAfterTheCalmEvents()
    {
        var machine = new EpisodeMachine(Partition, Short);
        var raised = Assert.Single(machine.Observe(Scores(". . x")));
        Assert.Equal((AlertTransition.Raised, AlertState.Raised, 2L, 2L), Summary(raised));
        Assert.Equal(2 * Second, raised.Episode.StartTime);
        Assert.Empty(machine.Observe(Scores(".", 3)));
        var ended = Assert.Single(machine.Observe(Scores(". .", 4)));
        Assert.Equal((AlertTransition.Ended, AlertState.Ended, 2L, 2L), Summary(ended));
        Assert.Equal(raised.Episode.Id, ended.Episode.Id);
        Assert.Null(machine.Open);
    }

    [Fact]
    public void Observe_SmallPValues_HoldAnEpisodeOpenButBeginNone()
    {
        var machine = new EpisodeMachine(Partition, Short);
        Assert.Empty(machine.Observe(Scores("h h h")));
        machine.Observe(Scores("x . h . h .", 3));
        Assert.Equal((7L, 1L), (machine.Open!.LastOffset, machine.Open.AnomalousEvents));
        // What a rule or a label excused is calm.
        machine.Observe(Scores("s", 9));
        Assert.Null(machine.Open);
    }

    [Fact]
    public void Observe_TooFewEvents_PassesUntold()
    {
        var machine = new EpisodeMachine(Partition, Short with { MinEvents = 2 });
        Assert.Equal((AlertTransition.Updated, AlertState.Pending), Kind(Assert.Single(machine.Observe(Scores("x")))));
        Assert.Equal((AlertTransition.Updated, AlertState.Passed), Kind(Assert.Single(machine.Observe(Scores(". .", 1)))));
        Assert.Equal((AlertTransition.Raised, AlertState.Raised), Kind(Assert.Single(machine.Observe(Scores("x . x", 3)))));
    }

    [Fact]
    public void Observe_MinDuration_RaisesWhenItHasPassed()
    {
        var machine = new EpisodeMachine(Partition, Short with { MinDuration = TimeSpan.FromSeconds(2) });
        Assert.Equal(AlertState.Pending, Assert.Single(machine.Observe(Scores("x x"))).Episode.State);
        var raised = Assert.Single(machine.Observe(Scores("x", 2)));
        Assert.Equal((AlertTransition.Raised, 3L), (raised.Transition, raised.Episode.AnomalousEvents));
    }

    [Fact]
    public void Observe_CloseAfterTime_WaitsForEventTime()
    {
        var machine = new EpisodeMachine(Partition, Short with { CloseAfter = TimeSpan.FromSeconds(5) });
        machine.Observe(Scores("x . . . ."));
        Assert.NotNull(machine.Open);
        Assert.Equal(AlertTransition.Ended, Assert.Single(machine.Observe(Scores(".", 5))).Transition);
    }

    [Fact]
    public void Observe_HigherScore_MovesThePeak()
    {
        var machine = new EpisodeMachine(Partition, Short);
        machine.Observe(ScoreBlock.From([Score(0, 'x', 5), Score(1, 'x', 9), Score(2, 'x', 7)]));
        Assert.Equal((1L, 9d), (machine.Open!.Peak!.Offset, machine.Open.Peak.Score));
    }

    /// <summary>Whatever happens: at most one episode is open, none ends before it begins, every anomalous event is in one.</summary>
    [Property(MaxTest = 500)]
    public bool Observe_AnyScores_EpisodesAreApartAndHoldEveryAnomaly((byte Kind, sbyte Delay)[] events, byte minEvents, byte calm)
    {
        var policy = Short with { MinEvents = 1 + (minEvents % 4), CloseAfterEvents = 1 + (calm % 5) };
        var scores = events.Select((e, i) => Score(i, "..xhsw"[e.Kind % 6], i, (i * Second) + (e.Delay * Second / 8))).ToArray();
        var episodes = Run(policy, scores, batch: 3);
        var isApart = episodes.Zip(episodes.Skip(1)).All(pair => pair.First.LastOffset < pair.Second.StartOffset && !pair.First.IsOpen);
        var isOrdered = episodes.TrueForAll(episode => episode.LastTime >= episode.StartTime && episode.LastOffset >= episode.StartOffset);
        var anomalies = scores.Where(score => score.Verdict == Verdict.Anomalous).ToArray();
        return isApart && isOrdered
            && anomalies.All(score => episodes.Count(e => e.StartOffset <= score.Offset && score.Offset <= e.LastOffset) == 1)
            && episodes.Sum(episode => episode.AnomalousEvents) == anomalies.Length
            && episodes.TrueForAll(episode => episode.State is not AlertState.Raised and not AlertState.Ended
                || episode.AnomalousEvents >= policy.MinEvents);
    }

    /// <summary>How events were batched, and whether a restart was in between, makes no difference.</summary>
    [Property(MaxTest = 500)]
    public bool Observe_OtherBatchesAndARestart_SameEpisodes(byte[] kinds, byte batch, byte restart)
    {
        var scores = kinds.Select((kind, i) => Score(i, "..xhs"[kind % 5], i)).ToArray();
        return Run(Short, scores, batch: 256).SequenceEqual(Run(Short, scores, 1 + (batch % 7), restart));
    }

    /// <summary>The episodes as a store would have them in the end.</summary>
    private static List<AlertEpisode> Run(AlertPolicy policy, EventScore[] scores, int batch, int restart = int.MaxValue)
    {
        var stored = new Dictionary<string, AlertEpisode>(StringComparer.Ordinal);
        var machine = new EpisodeMachine(Partition, policy);
        for (var from = 0; from < scores.Length; from += batch)
        {
            var to = Math.Min(scores.Length, from + batch);
            Take(ScoreBlock.From(scores.AsSpan(from, to - from)));
            if (restart < from || restart >= to) continue;
            machine = new EpisodeMachine(Partition, policy);
            if (stored.Values.SingleOrDefault(episode => episode.IsOpen) is not { } open) continue;
            machine.Resume(open);
            Take(ScoreBlock.From(scores.AsSpan((int)open.LastOffset + 1, to - (int)open.LastOffset - 1)));
        }

        return [.. stored.Values.OrderBy(episode => episode.StartOffset)];

        void Take(ScoreBlock block)
        {
            foreach (var change in machine.Observe(block)) stored[change.Episode.Id] = change.Episode;
        }
    }

    private static ScoreBlock Scores(string kinds, long first = 0) =>
        ScoreBlock.From([.. kinds.Split(' ').Select((kind, i) => Score(first + i, kind[0], 1))]);

    /// <summary>x anomalous, h nearly, s excused by a rule, w warming up, . calm; one second apart.</summary>
    private static EventScore Score(long offset, char kind, double score, long? time = null)
    {
        var (verdict, pValue, flags) = kind switch
        {
            'x' => (Verdict.Anomalous, 0.001, EventFlags.None),
            'h' => (Verdict.Normal, 0.1, EventFlags.None),
            's' => (Verdict.Normal, 0.001, EventFlags.Suppressed),
            'w' => (Verdict.WarmingUp, 1, EventFlags.None),
            _ => (Verdict.Normal, 0.5, EventFlags.None),
        };
        return new EventScore(offset, time ?? (offset * Second), offset, score, score, pValue, verdict, 1, flags);
    }

    private static (AlertTransition Transition, AlertState State, long Start, long Last) Summary(EpisodeChange change) =>
        (change.Transition, change.Episode.State, change.Episode.StartOffset, change.Episode.LastOffset);

    private static (AlertTransition Transition, AlertState State) Kind(EpisodeChange change) => (change.Transition, change.Episode.State);
}
