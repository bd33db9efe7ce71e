using System.Reflection;
using DagmmStream.Grains.Hosting;
using DagmmStream.Grains.Partitions;
using DagmmStream.Grains.Rounds;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace DagmmStream.Grains.Tests.Rounds;

public sealed class RoundCallsTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly TrainingExecutor _executor = new(Options.Create(new DagmmGrainOptions { TrainingSlots = 1 }));

    public ValueTask DisposeAsync() => _executor.DisposeAsync();

    [Fact]
    public async Task Ask_PartitionThatHangs_IsLeftOutAtTheDeadline()
    {
        var (spec, options) = PartitionModel.Of(TestEvents.Definition("s") with { Partitions = 3 });
        var calls = Calls(partition => partition == 1 ? new TaskCompletionSource<byte[]>().Task : Task.FromResult(Answer(partition)));
        var asked = calls.AskAsync(Collect(), new ParameterLayout(spec), options);
        _time.Advance(Deadline - TimeSpan.FromSeconds(1));
        Assert.False(asked.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var reply = await asked;
        Assert.Equal([0, 2], reply.Answered);
        Assert.Equal([0, 2], reply.Answer!.Contribution!.Participants.Select(one => one.Partition));
    }

    [Fact]
    public async Task Ask_PartitionThatFailsOrRefuses_IsLeftOut()
    {
        var (spec, options) = PartitionModel.Of(TestEvents.Definition("s") with { Partitions = 3 });
        var calls = Calls(partition => partition switch
        {
            0 => Task.FromException<byte[]>(new TimeoutException("the silo is gone")),
            1 => Task.FromResult(Array.Empty<byte>()),
            _ => Task.FromResult(Answer(partition)),
        });
        Assert.Equal([2], (await calls.AskAsync(Collect(), new ParameterLayout(spec), options)).Answered);
    }

    private static RoundAsk Collect() => new()
    {
        Stream = "s", Round = 1, IsCollect = true, Partitions = [0, 1, 2],
        Question = new RoundQuestion { Kind = RoundQuestionKind.Collect }.ToBytes(),
    };

    private static byte[] Answer(int partition)
    {
        var (spec, options) = PartitionModel.Of(TestEvents.Definition("s") with { Partitions = 3 });
        return new StreamLearner(spec, options, new SimdTrainingEngine(), 1)
            .Answer(partition, new RoundQuestion { Kind = RoundQuestionKind.Collect }).ToBytes();
    }

    private RoundCalls Calls(Func<int, Task<byte[]>> collect)
    {
        var grains = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)(object)grains).Collect = collect;
        return new RoundCalls(grains, _executor, _time, Deadline, NullLogger.Instance);
    }

    /// <summary>Gives out partitions that answer as the test says.</summary>
    public class Factory : DispatchProxy
    {
        public Func<int, Task<byte[]>> Collect { get; set; } = _ => Task.FromResult(Array.Empty<byte>());

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            new Partition(Collect, PartitionId.Parse((string)args![0]!).Partition);
    }

    private sealed class Partition(Func<int, Task<byte[]>> collect, int number) : IRoundPartition
    {
        public Task<byte[]> CollectAsync(long round, byte[] question) => collect(number);

        public Task<byte[]> MeasureAsync(long round, byte[] question) => throw new NotSupportedException();

        public Task<bool> TakeOverAsync(long version) => Task.FromResult(true);

        public Task EndAsync(long round, byte[] record) => throw new NotSupportedException();
    }
}
