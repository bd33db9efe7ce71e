using System.Net;
using Orleans.Messaging;
using Orleans.Runtime;

namespace DagmmStream.Client.Gateways;

/// <summary>
/// The gateways that a connection uses: those that were given, until the cluster itself says which it has. A gateway that hangs accepts
/// messages and answers none; the cluster finds out, and then this connection leaves it and gives up what was on its way there.
/// </summary>
/// <param name="given">Where to begin.</param>
/// <param name="period">How often the list is asked for.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterGateways(IReadOnlyList<IPEndPoint> given, TimeSpan period, TimeProvider time)
    : IGatewayListProvider, IDisposable
{
    // They take the gateways in turn: one of them is not the one that hangs.
    private const int Questions = 6;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    // A gateway that leaves in order still passes replies on, and what is given up must not be sent there again.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly Lock _changing = new(); // Guards the source against being replaced while it is disposed.
    private readonly IReadOnlyList<IPEndPoint> _given = given;
    private IReadOnlyList<IPEndPoint> _current = given;
    private bool _isKnown;
    private bool _isDisposed;
    private CancellationTokenSource _lost = new();
    private IGrainFactory? _grains;

    /// <summary>Cancelled when a gateway that was in use is none any more, and then replaced.</summary>
    public CancellationToken Lost
    {
        get
        {
            lock (_changing) return _lost.Token;
        }
    }

    /// <inheritdoc/>
    public TimeSpan MaxStaleness => period;

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <summary>From now on the cluster is asked.</summary>
    /// <param name="grains">The connected client.</param>
    public void Follow(IGrainFactory grains) => _grains = grains;

    /// <summary>A connection to a gateway was closed: the replies that were to come through it never will.</summary>
    public void OnClosed() => _ = GiveUpAsync();

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGateways()
    {
        if (_grains is { } grains && await AskAsync(grains) is { } found) Use(found);
        return [.. _current.Select(gateway => gateway.ToGatewayUri())];
    }

    /// <summary>Waits for a call, but not longer than for the gateways that there are.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="call">A call through this connection.</param>
    /// <returns>The result.</returns>
    /// <exception cref="OperationCanceledException">A gateway was lost; the call may have gone there, and can be made again.</exception>
    public Task<T> WaitAsync<T>(Task<T> call) => call.IsCompleted ? call : call.WaitAsync(Lost);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_changing)
        {
            _isDisposed = true;
            _lost.Dispose();
        }
    }

    /// <summary>Takes over the cluster's list.</summary>
    /// <param name="found">Gateways as the silos advertise them.</param>
    internal void Use(IReadOnlyList<IPEndPoint> found)
    {
        // Where addresses are translated on the way, as those of containers are, the cluster's own list is of no use.
        _isKnown |= found.Any(_given.Contains);
        if (!_isKnown || found.Count == 0) return;
        var isLost = _current.Except(found).Any();
        _current = found;
        if (isLost) _ = GiveUpAsync();
    }

    private async Task GiveUpAsync()
    {
        await Task.Delay(Grace, time);
        CancellationTokenSource lost;
        lock (_changing)
        {
            if (_isDisposed) return;
            (lost, _lost) = (_lost, new CancellationTokenSource());
        }

        await lost.CancelAsync();
        lost.Dispose();
    }

    private async Task<IReadOnlyList<IPEndPoint>?> AskAsync(IGrainFactory grains)
    {
        var questions = Enumerable.Range(0, Questions)
            .Select(key => grains.GetGrain<IGatewayGrain>(key).ListAsync().WaitAsync(AnswerLimit, time)).ToArray();
        await foreach (var answer in Task.WhenEach(questions))
            if (answer.IsCompletedSuccessfully) return [.. (await answer).Select(IPEndPoint.Parse)];
        return null;
    }
}
