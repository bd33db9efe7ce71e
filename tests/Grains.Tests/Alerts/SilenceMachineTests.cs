using DagmmStream.Grains.Alerts;

namespace DagmmStream.Grains.Tests.Alerts;

public sealed class SilenceMachineTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddDays(1);
    private static readonly AlertPolicy FiveMinutes = new() { Silence = TimeSpan.FromMinutes(5) };

    [Fact]
    public void Check_NoEventForTheTime_RaisesOnceFromTheLastArrival()
    {
        var machine = new SilenceMachine(new PartitionId("s", 0));
        Assert.Null(machine.Check(FiveMinutes, Start, Start.AddMinutes(5).AddTicks(-1)));
        var change = machine.Check(FiveMinutes, Start, Start.AddMinutes(5))!.Value;
        Assert.Equal((AlertTransition.Raised, AlertKind.Silence, AlertState.Raised),
            (change.Transition, change.Episode.Kind, change.Episode.State));
        Assert.Equal(Start, DateTimeOffset.UnixEpoch.AddMicroseconds(change.Episode.StartTime));
        // Not stored yet: it is found again, and is the same.
        Assert.Equal(change.Episode.Id, machine.Check(FiveMinutes, Start, Start.AddMinutes(6))!.Value.Episode.Id);
        machine.Open = change.Episode;
        Assert.Null(machine.Check(FiveMinutes, Start, Start.AddHours(1)));
    }

    [Fact]
    public void Check_EventAfterTheStart_EndsWithIt()
    {
        var machine = new SilenceMachine(new PartitionId("s", 0));
        machine.Open = machine.Check(FiveMinutes, Start, Start.AddMinutes(9))!.Value.Episode;
        var change = machine.Check(FiveMinutes, Start.AddMinutes(10), Start.AddMinutes(11))!.Value;
        Assert.Equal((AlertTransition.Ended, Start.AddMinutes(10)),
            (change.Transition, DateTimeOffset.UnixEpoch.AddMicroseconds(change.Episode.LastTime)));
    }

    [Fact]
    public void Check_PolicyWithoutSilence_RaisesNothingAndEndsWhatIsOpen()
    {
        var machine = new SilenceMachine(new PartitionId("s", 0));
        Assert.Null(machine.Check(AlertPolicy.Default, Start, Start.AddYears(1)));
        machine.Open = machine.Check(FiveMinutes, Start, Start.AddMinutes(9))!.Value.Episode;
        Assert.Equal(AlertTransition.Ended, machine.Check(AlertPolicy.Default, Start, Start.AddMinutes(9))!.Value.Transition);
    }
}
