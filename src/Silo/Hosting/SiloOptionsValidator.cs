using System.Globalization;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Hosting;

/// <summary>Checks <see cref="SiloOptions"/>; every message names the option, its value and what it may be.</summary>
public sealed class SiloOptionsValidator : IValidateOptions<SiloOptions>
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        Port(failures, nameof(SiloOptions.SiloPort), options.SiloPort);
        Port(failures, nameof(SiloOptions.GatewayPort), options.GatewayPort);
        if (options.SiloPort == options.GatewayPort)
            failures.Add(Message(nameof(SiloOptions.GatewayPort), options.GatewayPort, "the same as SiloPort; use two different ports"));
        Text(failures, nameof(SiloOptions.ClusterId), options.ClusterId);
        Text(failures, nameof(SiloOptions.ServiceId), options.ServiceId);
        Urls(failures, options.Urls);
        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > LongestDrain)
            failures.Add(Message(nameof(SiloOptions.DrainTimeout), options.DrainTimeout, "use 00:00:00 to 00:10:00"));
        if (!Enum.IsDefined(options.LogFormat))
            failures.Add(Message(nameof(SiloOptions.LogFormat), options.LogFormat, "use Simple or Json"));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Port(List<string> failures, string option, int value)
    {
        if (value is < 1 or > 65535) failures.Add(Message(option, value, "use a TCP port, 1 to 65535"));
    }

    private static void Text(List<string> failures, string option, string value)
    {
        if (string.IsNullOrWhiteSpace(value)) failures.Add(Message(option, value, "must not be empty"));
    }

    private static void Urls(List<string> failures, string urls)
    {
        var parts = (urls ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var bad = parts.Where(url => !(Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)));
        if (parts.Length == 0 || bad.Any())
            failures.Add(Message(nameof(SiloOptions.Urls), urls, "use addresses like http://127.0.0.1:8080, separated by ';'"));
    }

    private static string Message(string option, object? value, string remedy) =>
        string.Create(CultureInfo.InvariantCulture, $"{SiloOptions.Section}:{option} = \"{value}\": {remedy}");
}
