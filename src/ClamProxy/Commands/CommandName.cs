namespace ClamProxy.Commands;

/// <summary>What the command line asks for.</summary>
internal enum CommandName
{
    /// <summary>Nothing that there is.</summary>
    None = 0,

    /// <summary>The proxy itself.</summary>
    Serve,
    Clients,
    Warm,
    Scan,
    Bucket,
    Forget,
    Rescan,
    Recall,

    /// <summary>One of the commands that ask the admin API, or check the configuration.</summary>
    Admin,
    Help,
    Version,
}
