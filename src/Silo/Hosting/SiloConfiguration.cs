using System.Reflection;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
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
        SiloOptions.Section, SqliteStoreOptions.SectionName, HttpApiOptions.Section, AccessOptions.Section, "Kestrel", "Grains", "Logging",
    ];

    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--silo-port"] = "Silo:SiloPort",
        ["--gateway-port"] = "Silo:GatewayPort",
        ["--urls"] = "Silo:Urls",
        ["--cluster-id"] = "Silo:ClusterId",
        ["--service-id"] = "Silo:ServiceId",
        ["--keys"] = "Access:KeysFile",
        ["--store"] = "Store:Path",
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
        try
        {
            configuration.GetSection(SiloOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw Invalid(e.Message);
        }

        var result = new SiloOptionsValidator().Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions), result.Failures) : options;
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
