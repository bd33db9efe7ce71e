using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace DagmmStream.Modeling.Tests.Streaming;

/// <summary>Names the types of which the process allocates large objects: the runtime samples one in some 100 KB.</summary>
internal sealed class LargeObjectListener : EventListener
{
    private const EventKeywords GarbageCollection = (EventKeywords)1;
    private const uint Large = 1;
    private readonly ConcurrentQueue<string> _types = new();

    public IReadOnlyCollection<string> Types => _types;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Verbose, GarbageCollection);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true) return;
        var names = eventData.PayloadNames!;
        if ((uint)eventData.Payload![names.IndexOf("AllocationKind")]! == Large)
            _types.Enqueue((string)eventData.Payload[names.IndexOf("TypeName")]!);
    }
}
