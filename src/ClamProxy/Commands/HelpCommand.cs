using System.Reflection;

namespace ClamProxy.Commands;

/// <summary>What the program says of itself.</summary>
internal static class HelpCommand
{
    private const string Text = """
        A caching HTTP reverse proxy that scans every file with ClamAV before it delivers it.

        Usage:
          clamproxy [--NAME=VALUE …]           serve: proxy on PORT (8080), health and metrics on MANAGEMENT_PORT (8081)
          clamproxy clients [--NAME=VALUE …]   print what package clients have to be told, for these settings
          clamproxy warm FILE [OPTIONS]        have a running ClamProxy scan every file of a list; clamproxy warm --help says more
          clamproxy scan FILE|FOLDER|URL|-     tell whether these are clean: 0 yes, 1 refused, 2 unknown; clamproxy scan --help says more
          clamproxy bucket s3://BUCKET/KEY     send an object, or --sweep all, through a flow; clamproxy bucket --help says more
          clamproxy forget URL|SHA256|--all    have a running ClamProxy forget what it knows; clamproxy forget --help says more
          clamproxy rescan [URL|SHA256]        have a running ClamProxy scan everything, or one content, again before it delivers it
          clamproxy verdict URL|SHA256         tell what a running ClamProxy knows: 0 clean, 1 refused, 2 unknown
          clamproxy purge URL|SHA256|OPTIONS   remove verdicts and stored files: also --prefix URL and --all
          clamproxy waivers list|add|remove    exceptions of a running ClamProxy; blocks list|add|remove: what it refuses
          clamproxy scanners list|drain|resume|canary
                                               the scanners of a running ClamProxy; clamproxy scanners --help says more
          clamproxy events list|test           the targets of events of a running ClamProxy; test TARGET sends it an event
          clamproxy status                     tell how a running ClamProxy is: 0 ready, 1 not ready, 2 no answer
          clamproxy config check|show          check the configuration, or show every setting and where its value comes from
          clamproxy reload                     have a running ClamProxy read its configuration again
          clamproxy recall SHA256              tell who took a content, by a running ClamProxy's record; clamproxy recall --help says more
          clamproxy --help, --version

        NAME is a variable such as PRESETS or STORE_PATH, or a key such as ClamProxy:Listen:Address. The environment and
        appsettings.json set the same: docs/configuration/README.md lists all settings.

        Exit codes: 64 the command line is wrong, 78 a setting is wrong or the start failed; each with a line on standard error.
        """;

    public static int Help(TextWriter output)
    {
        output.WriteLine(Text);
        return 0;
    }

    public static int Version(TextWriter output)
    {
        var version = typeof(HelpCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        output.WriteLine($"clamproxy {version?.Split('+')[0]}");
        return 0;
    }

    /// <returns>EX_USAGE of sysexits.h.</returns>
    public static int Wrong(string problem, TextWriter error)
    {
        error.WriteLine($"clamproxy: {problem} (clamproxy --help lists what there is)");
        return CommandExit.Usage;
    }
}
