using DagmmStream.Grains.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;
using Microsoft.Extensions.Time.Testing;

namespace DagmmStream.Grains.Tests.Rounds;

public sealed class PartitionRoundsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider _time = new();
    private readonly PartitionRounds _rounds;

    public PartitionRoundsTests() => _rounds = new PartitionRounds(
        0, new StreamLearner(ModelSpec.Lite(3), LearnerOptions.Lite.Share(2), new SimdTrainingEngine(), 1), _time, Patience);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _rounds.Dispose();

    [Fact]
    public async Task Enter_WhileARoundIsOpen_LearningWaitsAndQuestionsDoNot()
    {
        _rounds.Open(7);
        var learning = _rounds.EnterAsync(isLearning: true, Token).AsTask();
        (await _rounds.EnterAsync(isLearning: false, Token))!.Dispose();
        Assert.False(learning.IsCompleted);
        _rounds.Close(6);
        Assert.False(learning.IsCompleted);
        _rounds.Close(7);
        (await learning)!.Dispose();
        Assert.Equal(0, _rounds.Round);
    }

    [Fact]
    public async Task Enter_CoordinatorIsSilent_LearnsOnWhenThePatienceEnds()
    {
        _rounds.Open(7);
        var learning = _rounds.EnterAsync(isLearning: true, Token).AsTask();
        _time.Advance(Patience / 2);
        _rounds.Heard();
        _time.Advance(Patience / 2);
        Assert.Equal(7, _rounds.Round);
        while (!learning.IsCompleted)
        {
            // The wait looks at the clock again after every signal.
            _time.Advance(Patience);
            await Task.Yield();
        }

        (await learning)!.Dispose();
        Assert.Equal(0, _rounds.Round);
    }

    [Fact]
    public async Task Enter_LearnerIsInUse_WaitsForIt()
    {
        var first = await _rounds.EnterAsync(isLearning: true, Token);
        _rounds.Open(7);
        var question = _rounds.EnterAsync(isLearning: false, Token).AsTask();
        Assert.False(question.IsCompleted);
        first!.Dispose();
        (await question)!.Dispose();
    }
}
