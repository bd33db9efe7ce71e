using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Tests.Rounds;

/// <summary>A partition whose window and weights the test chooses; everything goes through the byte forms, as over the wire.</summary>
internal sealed record TestPartition(int Index, float[] Rows, TrainingState State, long Samples, LearnerOptions Options)
{
    private ParameterLayout Layout => State.Layout;

    public static ImmutableArray<int> Indices(IEnumerable<TestPartition> partitions) => [.. partitions.Select(one => one.Index)];

    public RoundReply Answer(RoundQuestion asked)
    {
        var question = RoundQuestion.FromBytes(asked.ToBytes(), Layout);
        var answer = question.Kind != RoundQuestionKind.Collect ? RoundMeasurement.Of(question, Layout, Options.Publish, Rows)
            : new RoundAnswer { Contribution = Contribute(question.IsWarmUp) };
        return new RoundReply(RoundAnswer.FromBytes(answer.ToBytes(), Layout, Options), [Index]);
    }

    private RoundContribution Contribute(bool isWarmUp) => new()
    {
        Participants = [new RoundParticipant(Index, Samples)],
        Weights = WeightAverage.Of(State, Samples),
        Window = Summary(),
        History = Summary(),
        Accepted = Rows.Length / Layout.Spec.Features,
        Version = 0,
        Recent = QuantileDigest.Empty,
        Anchor = new AnchorKeeper(Options),
        IsSuspicious = false,
        WarmUpRows = isWarmUp ? Rows : [],
    };

    private FeatureScaler Summary() =>
        FeatureScaler.Of(Rows, Rows.Length / Layout.Spec.Features, Layout.Spec.Features, Options.Publish.ScalerKind);
}
