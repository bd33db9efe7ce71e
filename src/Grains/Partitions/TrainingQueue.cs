using System.Threading.Channels;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// The bounded Channel between admission and training. Its bound counts events, from admission (before the journal commits) until training
/// has passed them, so an accepted event always finds its place. Used on the grain's turns only, apart from the Channel itself.
/// </summary>
internal sealed class TrainingQueue
{
    /// <summary>Below this share of the bound everything is learned; from there on the sampling rate falls linearly …</summary>
    private const double FullRateFill = 0.5;

    /// <summary>… to zero at this share, where events are still scored and kept.</summary>
    private const double ZeroRateFill = 0.95;

    /// <summary>
    /// With <see cref="LearningPolicy.Budgeted"/> the events that are not learned (and carry no features) get as much room again.
    /// </summary>
    private const int BudgetedHeadroom = 2;

    /// <summary>Requests for a checkpoint that may wait in the queue beside the events.</summary>
    private const int MaxBarriers = 64;

    private readonly Channel<TrainingBatch> _channel;

    /// <summary>Creates a queue.</summary>
    /// <param name="capacity">Bound in events.</param>
    /// <param name="policy">What happens when training lags.</param>
    public TrainingQueue(int capacity, LearningPolicy policy)
    {
        Capacity = capacity;
        Policy = policy;
        Bound = policy == LearningPolicy.Every ? capacity : BudgetedHeadroom * capacity;
        // A batch has at least one event, so a Channel of as many batches as the bound has events always takes what was reserved.
        _channel = Channel.CreateBounded<TrainingBatch>(
            new BoundedChannelOptions(Bound + MaxBarriers)
            {
                SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait,
            });
    }

    public int Capacity { get; }

    public LearningPolicy Policy { get; }

    /// <summary>Most events that may be pending.</summary>
    public int Bound { get; }

    /// <summary>Events admitted and not yet passed by training.</summary>
    public int Pending { get; private set; }

    public ChannelReader<TrainingBatch> Reader => _channel.Reader;

    /// <summary>The sampling rate that the policy gives the next batch, 0 to 255.</summary>
    public byte CurrentRate()
    {
        if (Policy == LearningPolicy.Every) return byte.MaxValue;
        var fill = (double)Pending / Capacity;
        var rate = (ZeroRateFill - fill) / (ZeroRateFill - FullRateFill);
        return (byte)Math.Clamp(Math.Round(rate * byte.MaxValue), 0, byte.MaxValue);
    }

    /// <summary>Reserves room for events, all or none.</summary>
    public bool TryReserve(int count)
    {
        if (Pending + count > Bound) return false;
        Pending += count;
        return true;
    }

    /// <summary>Counts events that are there already (replayed from the journal), whatever the bound.</summary>
    public void Reserve(int count) => Pending += count;

    /// <summary>Gives room back: events that training has passed, or whose commit failed.</summary>
    public void Release(int count) => Pending -= count;

    /// <summary>Hands over a batch whose room is reserved, or a barrier.</summary>
    /// <returns>False when too many barriers wait.</returns>
    public bool TryEnqueue(TrainingBatch batch) => _channel.Writer.TryWrite(batch);

    public void Complete() => _channel.Writer.TryComplete();
}
