using DagmmStream.Grains.Decisions;
using DagmmStream.Grains.Explanations;

namespace DagmmStream.Grains.Partitions;

/// <content>What people say about events, and about how verdicts are made.</content>
internal sealed partial class PartitionGrain : IPartitionPolicy
{
    public async Task ReloadPolicyAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        if (await _services.Catalog.FindAsync(_id.Stream, cancellationToken) is not { } definition) return;
        _definition = definition;
        _decision.Use(definition, _inputs.Columns);
    }

    public async Task<FeedbackState> LabelAsync(long offset, FeedbackLabel? label, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        if (label is { } given && !Enum.IsDefined(given))
            throw new DagmmStreamException(ErrorCode.InvalidEvent, $"{given} is no label: use Normal or Anomaly");
        var labelled = label is { } said
            ? await FindLabelledAsync(offset, said, cancellationToken)
            : new LabelledEvent { Offset = offset, Time = 0, Label = FeedbackLabel.Normal, PValue = 1, Row = [] };
        await _labelling.WaitAsync(cancellationToken);
        try
        {
            // Stored before it is used, so that a label that was acknowledged is never forgotten.
            var labels = _decision.With(labelled, isRemoved: label is null);
            _labels.State = new LabelState { Labels = labels };
            await _labels.WriteStateAsync(CancellationToken.None);
            _decision.Use(labels);
        }
        catch (Exception exception) when (exception is not DagmmStreamException)
        {
            throw StepDown(exception);
        }
        finally
        {
            _labelling.Release();
        }

        return _decision.State();
    }

    public Task<FeedbackState> GetFeedbackAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return Task.FromResult(_decision.State());
    }

    private async Task<LabelledEvent> FindLabelledAsync(long offset, FeedbackLabel label, CancellationToken cancellationToken)
    {
        var explanation = await FindExplanationAsync(offset, cancellationToken);
        var row = explanation is not null ? PartitionExplainer.RowOf(explanation) : RecentRow(offset).ToArray();
        var score = explanation?.Score ?? _ring.Read(offset, 1)[0];
        return new LabelledEvent { Offset = offset, Time = score.Time, Label = label, PValue = score.PValue, Row = row };
    }
}
