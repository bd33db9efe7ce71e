using System.Globalization;

namespace DagmmStream.Silo.Events;

/// <summary>Event times as callers write them: ISO 8601, or whole microseconds since 1970-01-01 UTC.</summary>
internal static class EventTime
{
    // 0001-01-01 and 9999-12-31 in microseconds since 1970: what a date can be.
    private static readonly long Earliest = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long Latest = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static bool IsValid(long microseconds) => microseconds >= Earliest && microseconds <= Latest;

    public static bool TryParse(ReadOnlySpan<char> text, out long microseconds)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out microseconds))
            return IsValid(microseconds);
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return false;
        microseconds = Of(time);
        return true;
    }
}
