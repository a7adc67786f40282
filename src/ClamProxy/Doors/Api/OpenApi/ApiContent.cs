namespace ClamProxy.Doors.Api.OpenApi;

/// <summary>A form of request body that an endpoint takes.</summary>
internal enum ApiContent
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The file is the body.</summary>
    Raw,

    /// <summary>A form with one file.</summary>
    FormWithFile,

    /// <summary>A form with files and the fields beside them.</summary>
    FormWithFiles,
}
