using DagmmStream.Grains.Hosting;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Cluster;
using DagmmStream.Silo.Dashboard;
using DagmmStream.Silo.Drain;
using DagmmStream.Silo.Health;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Dashboard;

namespace DagmmStream.Silo.Hosting;

/// <summary>Builds a silo: Orleans with the grains, the store, the HTTP server and the drain.</summary>
public static class SiloApplication
{
    // What stopping takes beside the drain: Orleans deactivates and leaves the cluster, the HTTP server ends its requests.
    private static readonly TimeSpan StopReserve = TimeSpan.FromSeconds(30);

    /// <summary>Builds the silo of a process: settings from the defaults, appsettings.json, environment and command line.</summary>
    /// <param name="args">Command line.</param>
    /// <returns>The application, not yet started.</returns>
    /// <exception cref="OptionsValidationException">A setting is wrong; the failures name option and value.</exception>
    public static WebApplication Create(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var builder = NewBuilder();
        SiloConfiguration.Load(builder.Configuration, args);
        return Build(builder, SiloConfiguration.Read(builder.Configuration));
    }

    /// <summary>
    /// Builds a silo inside another program: settings are the given ones, and defaults for the rest; signals are the program's.
    /// </summary>
    /// <param name="options">The host's settings.</param>
    /// <param name="configure">Changes services and logging before the application is built.</param>
    /// <returns>The application, not yet started.</returns>
    /// <exception cref="OptionsValidationException">A setting is wrong; the failures name option and value.</exception>
    public static WebApplication Create(SiloOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var validation = new SiloOptionsValidator().Validate(null, options);
        if (validation.Failed) throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions), validation.Failures);
        var builder = NewBuilder();
        SiloConfiguration.LoadDefaults(builder.Configuration);
        return Build(builder, options, configure);
    }

    // The content root is the program's folder: nothing is read from wherever the process happens to be started.
    private static WebApplicationBuilder NewBuilder() =>
        WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });

    private static WebApplication Build(WebApplicationBuilder builder, SiloOptions options, Action<WebApplicationBuilder>? configure = null)
    {
        var services = builder.Services;
        var kind = SiloConfiguration.ReadStoreKind(builder.Configuration);
        var cluster = SiloConfiguration.ReadCluster(builder.Configuration);
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(Options.Create(cluster));
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout + StopReserve);
        ConfigureLogging(builder.Logging, options);
        OpenDoorCheck.Check(builder.Configuration, options.Urls, TimeProvider.System);
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((context, kestrel) => ServerLimits.Apply(kestrel, context.Configuration));

        // Before Orleans: hosted services start in this order, and stop in the reverse one.
        services.AddDagmmStreamStore(kind, builder.Configuration);
        builder.Host.UseOrleans(silo =>
        {
            silo.UseDagmmStreamCluster(options, cluster);
            silo.AddActivityPropagation();
            if (OrleansDashboard.IsWanted(builder.Configuration)) silo.AddDashboard();
            silo.AddDagmmStreamGrains(grains => builder.Configuration.GetSection("Grains").Bind(grains));
            silo.AddDagmmStreamCheckpoints(kind);
        });
        services.AddSingleton<IDrain, PartitionDrain>();
        services.AddHostedService<DrainService>();
        services.AddHostedService<ReadyLog>();
        services.AddDagmmHealth();
        services.AddDagmmApi(builder.Configuration);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseDagmmApi();
        app.MapDagmmHealth();
        if (OrleansDashboard.IsWanted(builder.Configuration)) app.MapDagmmOrleansDashboard();
        return app;
    }

    private static void ConfigureLogging(ILoggingBuilder logging, SiloOptions options)
    {
        logging.ClearProviders();
        if (options.LogFormat == LogFormat.Json)
            logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        else
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
    }
}
