namespace ClamProxy.Soak.Uploads;

/// <summary>What a file is sent in.</summary>
internal enum UploadForm
{
    /// <summary>By itself.</summary>
    Raw,

    /// <summary>By itself, its length unsaid.</summary>
    Chunked,

    /// <summary>By itself, with <c>Content-Encoding: gzip</c>.</summary>
    Gzip,

    /// <summary>By itself, with <c>Content-Encoding: br</c>, which clamd does not open.</summary>
    Brotli,

    /// <summary>A part of a form, as twine sends it.</summary>
    Form,

    /// <summary>An attachment in JSON, in base64, as npm sends it.</summary>
    Json,

    /// <summary>Behind two lengths and a JSON text, as cargo sends it.</summary>
    Crate,
}
