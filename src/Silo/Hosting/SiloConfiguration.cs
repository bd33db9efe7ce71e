using System.Reflection;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Alerts;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Cluster;
using DagmmStream.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Hosting;

/// <summary>
/// Where settings come from, later ones win: the defaults in the assembly, <c>appsettings.json</c> in the working directory, environment
/// variables (as they are, then those that begin with <c>DAGMM_</c>), the command line.
/// </summary>
internal static class SiloConfiguration
{
    private const string DefaultsResource = "appsettings.json";
    private const string EnvironmentPrefix = "DAGMM_";

    // The sections that a setting may be in: anything else on the command line is a typing error.
    private static readonly string[] Sections =
    [
        SiloOptions.Section, ClusterSettings.Section, SqliteStoreOptions.SectionName, HttpApiOptions.Section, AccessOptions.Section,
        AlertOptions.Section, "Kestrel", "Grains", "Logging",
    ];

    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--silo-port"] = "Silo:SiloPort",
        ["--gateway-port"] = "Silo:GatewayPort",
        ["--urls"] = "Silo:Urls",
        ["--cluster-id"] = "Silo:ClusterId",
        ["--service-id"] = "Silo:ServiceId",
        ["--keys"] = "Access:KeysFile",
        ["--store-kind"] = "Store:Kind",
        ["--store"] = "Store:Path",
        ["--connection-string"] = "Store:ConnectionString",
        ["--cluster"] = "Cluster:Kind",
        ["--advertise"] = "Cluster:AdvertisedAddress",
        ["--drain-timeout"] = "Silo:DrainTimeout",
        ["--log-format"] = "Silo:LogFormat",
        ["--log-level"] = "Logging:LogLevel:Default",
    };

    /// <summary>The short options of the command line, for the help text.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ShortOptions => Switches;

    /// <summary>Replaces all sources by the four above.</summary>
    public static void Load(ConfigurationManager configuration, string[] args)
    {
        RejectUnknown(args);
        LoadDefaults(configuration);
        configuration.AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true);
        configuration.AddEnvironmentVariables();
        configuration.AddEnvironmentVariables(EnvironmentPrefix);
        configuration.AddCommandLine(args, Switches);
    }

    /// <summary>Replaces all sources by the defaults in the assembly.</summary>
    public static void LoadDefaults(ConfigurationManager configuration)
    {
        ((IConfigurationBuilder)configuration).Sources.Clear();
        configuration.AddJsonStream(Assembly.GetExecutingAssembly().GetManifestResourceStream(DefaultsResource)!);
    }

    /// <summary>Reads and checks the host's section.</summary>
    /// <exception cref="OptionsValidationException">A value cannot be read or is out of range; the messages name option and
    /// value.</exception>
    public static SiloOptions Read(IConfiguration configuration)
    {
        var options = new SiloOptions();
        Bind(configuration, SiloOptions.Section, options);
        ThrowIfFailed(new SiloOptionsValidator().Validate(null, options));
        return options;
    }

    /// <summary>Reads and checks how the silo belongs to a cluster.</summary>
    /// <exception cref="OptionsValidationException">A value cannot be read, is out of range, or does not go with the store.</exception>
    public static ClusterSettings ReadCluster(IConfiguration configuration)
    {
        var settings = new ClusterSettings();
        Bind(configuration, ClusterSettings.Section, settings);
        ThrowIfFailed(new ClusterSettingsValidator().Validate(null, settings));
        if (settings.Kind == ClusterKind.PostgreSql && ReadStoreKind(configuration) != StoreKind.PostgreSql)
            throw Invalid(
                $"{ClusterSettings.Section}:Kind = PostgreSql: silos of a cluster share a store; set Store:Kind = PostgreSql too");
        return settings;
    }

    /// <summary>Reads which store is used.</summary>
    /// <exception cref="OptionsValidationException">The value is none of the kinds.</exception>
    public static StoreKind ReadStoreKind(IConfiguration configuration)
    {
        const string key = SqliteStoreOptions.SectionName + ":Kind";
        var text = configuration[key];
        if (string.IsNullOrEmpty(text)) return StoreKind.Sqlite;
        return Enum.TryParse<StoreKind>(text, ignoreCase: true, out var kind) && Enum.IsDefined(kind)
            ? kind
            : throw Invalid($"{key} = \"{text}\": use Sqlite or PostgreSql");
    }

    private static void Bind(IConfiguration configuration, string section, object options)
    {
        try
        {
            configuration.GetSection(section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw Invalid(e.Message);
        }
    }

    private static void ThrowIfFailed(ValidateOptionsResult result)
    {
        if (result.Failed) throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions), result.Failures);
    }

    private static void RejectUnknown(string[] args)
    {
        IConfigurationRoot given;
        try
        {
            given = new ConfigurationBuilder().AddCommandLine(args, Switches).Build();
        }
        catch (FormatException e)
        {
            throw Invalid(e.Message);
        }

        var unknown = given.GetChildren().Select(section => section.Key)
            .Except(Sections, StringComparer.OrdinalIgnoreCase).FirstOrDefault();
        if (unknown is not null) throw Invalid($"--{unknown}: unknown option; see --help");
        var stray = args.Where((arg, i) => !arg.StartsWith('-') && (i == 0 || !args[i - 1].StartsWith('-') || args[i - 1].Contains('=')));
        if (stray.FirstOrDefault() is { } word && !word.Contains('=')) throw Invalid($"\"{word}\": unexpected argument; see --help");
    }

    private static OptionsValidationException Invalid(string message) => new(SiloOptions.Section, typeof(SiloOptions), [message]);
}
