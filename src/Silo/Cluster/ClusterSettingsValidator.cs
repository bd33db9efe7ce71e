using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Cluster;

/// <summary>Checks <see cref="ClusterSettings"/>; every message names the option, its value and what it may be.</summary>
public sealed class ClusterSettingsValidator : IValidateOptions<ClusterSettings>
{
    private const int MostProbes = 100;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ClusterSettings options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (!Enum.IsDefined(options.Kind))
            failures.Add(Message(nameof(ClusterSettings.Kind), options.Kind, "use Localhost or PostgreSql"));
        if (options.AdvertisedAddress != ClusterSettings.Auto && !IPAddress.TryParse(options.AdvertisedAddress, out _))
            failures.Add(Message(nameof(ClusterSettings.AdvertisedAddress), options.AdvertisedAddress, "use an IP address, or auto"));
        if (options.MissedProbes is < 1 or > MostProbes)
            failures.Add(Message(nameof(ClusterSettings.MissedProbes), options.MissedProbes, $"use 1 to {MostProbes}"));
        Time(nameof(ClusterSettings.ProbeTimeout), options.ProbeTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1));
        Time(nameof(ClusterSettings.DirectoryLease), options.DirectoryLease, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Time(nameof(ClusterSettings.BalanceInterval), options.BalanceInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Time(string option, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most) failures.Add(Message(option, value, $"use a time from {least} to {most}"));
        }
    }

    private static string Message(string option, object? value, string remedy) =>
        string.Create(CultureInfo.InvariantCulture, $"{ClusterSettings.Section}:{option} = \"{value}\": {remedy}");
}
