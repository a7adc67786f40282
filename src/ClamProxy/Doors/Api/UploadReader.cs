using System.Text;
using ClamProxy.Connections;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Scanning;
using ClamProxy.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ClamProxy.Doors.Api;

/// <summary>
/// Reads what a request brings into the spool, as it comes: a raw body, or the files of a form (RFC 7578). Nothing of it is ever in memory
/// as a whole, and nothing is on disk twice.
/// </summary>
internal sealed class UploadReader(
    ContentIntake intake, ContentScanner scanner, IntakeOptions pace, ApiOptions options, TimeProvider clock)
{
    private const int MaxBoundary = 70;
    private const int MaxFieldBytes = 4 << 10;

    /// <summary>What a form may have beside its files: more than 1000 fields of 4 KiB and the headers of each take.</summary>
    private const long MaxFormOverhead = 64L << 20;

    private const string WhatIsTaken =
        "Send the file as the body (curl --data-binary @FILE -H 'Content-Type: application/octet-stream'), or in a form's field \"file\" "
        + "(curl -F file=@FILE).";

    /// <summary>Reads files of a form, or the body as one file where that is allowed.</summary>
    /// <param name="client">Whose they are; null: nobody's in particular.</param>
    public async Task<Upload> ReadAsync(HttpContext context, string? client, bool mayBeRaw, CancellationToken clientGone)
    {
        BodyLimits.LeaveToIntake(context);
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed : null;
        if (type is not null && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
            return boundary.Length is 0 or > MaxBoundary
                ? Wrong($"A form needs a boundary of 1 to {MaxBoundary} characters in its Content-Type (RFC 2046 §5.1.1).")
                : TooLarge(context.Request.ContentLength) is { } tooLarge
                ? new Upload.NotTaken(tooLarge)
                : await ReadFormAsync(context, boundary, client, clientGone);
        }

        return mayBeRaw
            ? await ReadRawAsync(context, client, clientGone)
            : Wrong("Send the files in a form's fields \"file\": curl -F file=@FILE.");
    }

    private async Task<Upload> ReadRawAsync(HttpContext context, string? client, CancellationToken clientGone)
    {
        if (context.Request.ContentLength is null && context.Request.Headers.TransferEncoding.Count == 0 && HasNoBody(context))
        {
            return Wrong($"There is no body. {WhatIsTaken}");
        }

        var name = ContentDispositionHeaderValue.TryParse(context.Request.Headers.ContentDisposition.ToString(), out var given)
            ? NameOf(given)
            : null;
        var taken = await TakeAsync(context.Request.Body, context.Request.ContentLength, client, clientGone);
        return taken is IntakeResult.Taken { File: var file }
            ? new Upload.Files([new UploadedFile(file, name)], new Dictionary<string, string>())
            : new Upload.NotTaken(((IntakeResult.NotTaken)taken).Failure);
    }

    private static bool HasNoBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    private async Task<Upload> ReadFormAsync(HttpContext context, string boundary, string? client, CancellationToken clientGone)
    {
        var (files, fields) = (new List<UploadedFile>(), new Dictionary<string, string>(StringComparer.Ordinal));
        Upload? end = null;
        try
        {
            var reader = new MultipartReader(boundary, context.Request.Body);
            while (end is null && await InTimeAsync(reader.ReadNextSectionAsync, clientGone) is { } section)
            {
                end = await ReadSectionAsync(section, files, fields, client, clientGone);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException && !clientGone.IsCancellationRequested)
        {
            end = e is BadHttpRequestException or InvalidDataException
                ? Wrong($"The form is not well-formed (RFC 7578): {SafeText.Cut(e.Message, 200)}")
                : new Upload.NotTaken(new Failure(FailureReason.BodyBroken, "The form broke off before its end.", e));
        }
        catch (OperationCanceledException e) when (!clientGone.IsCancellationRequested)
        {
            end = new Upload.NotTaken(new Failure(
                FailureReason.BodyTimedOut,
                $"The next field of the form did not come within {pace.IdleTimeout.TotalSeconds:0.###} s (ClamProxy:Intake:IdleTimeout).",
                e));
        }
        catch
        {
            new Upload.Files(files, fields).Dispose();
            throw;
        }

        end ??= files.Count == 0 ? Wrong($"The form has no file. {WhatIsTaken}") : null;
        if (end is not null)
        {
            new Upload.Files(files, fields).Dispose();
        }

        return end ?? new Upload.Files(files, fields);
    }

    /// <returns>Why the form is not read further; null: it is.</returns>
    private async Task<Upload?> ReadSectionAsync(
        MultipartSection section, List<UploadedFile> files, Dictionary<string, string> fields, string? client, CancellationToken clientGone)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
            || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
        {
            return Wrong("A part of the form has no Content-Disposition: form-data (RFC 7578 §4.2).");
        }

        var field = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        if (disposition.FileName.HasValue || disposition.FileNameStar.HasValue || field == "file")
        {
            if (files.Count == options.MaxFiles)
            {
                return Wrong($"The form has more than {options.MaxFiles} files (ClamProxy:Api:MaxFiles).");
            }

            var taken = await TakeAsync(section.Body, null, client, clientGone);
            if (taken is IntakeResult.Taken { File: var file })
            {
                files.Add(new UploadedFile(file, NameOf(disposition)));
                return null;
            }

            return new Upload.NotTaken(((IntakeResult.NotTaken)taken).Failure);
        }

        if (fields.Count == options.MaxFields)
        {
            return Wrong($"The form has more than {options.MaxFields} fields beside its files (ClamProxy:Api:MaxFields).");
        }

        return await InTimeAsync(cancelled => ReadFieldAsync(section.Body, cancelled), clientGone) is { } value
            && fields.TryAdd(field, value)
            ? null
            : Wrong($"The form's field {SafeText.Cut(field, 40)} is there twice, or longer than {MaxFieldBytes} bytes.");
    }

    /// <summary>What is between files is short: it may take as long as a file's sender may be silent.</summary>
    /// <exception cref="OperationCanceledException">It took longer, or the client has left.</exception>
    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken clientGone)
    {
        using var late = new CancellationTokenSource(pace.IdleTimeout, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(clientGone, late.Token);
        return await read(any.Token);
    }

    /// <summary>Why a form of this length is not read at all: its files cannot all be within the bounds. Null: they may be.</summary>
    private Failure? TooLarge(long? length) =>
        length > ((double)intake.MaxFileSize * options.MaxFiles) + MaxFormOverhead && !scanner.TakesAnySize(new ScanSubject("an upload"))
            ? new Failure(
                FailureReason.TooLarge,
                $"The form has {length} bytes, and takes {options.MaxFiles} files (ClamProxy:Api:MaxFiles) "
                + $"of {intake.MaxFileSize} bytes (MAX_FILE_SIZE) at most.")
            : null;

    private async Task<IntakeResult> TakeAsync(Stream body, long? length, string? client, CancellationToken clientGone)
    {
        var subject = new ScanSubject("an upload");
        return await intake.TakeAsync(
            body, new IntakeTerms(length, WaitingClients.Of(client), scanner.TakesAnySize(subject)), clientGone);
    }

    private static string? NameOf(ContentDispositionHeaderValue disposition) =>
        disposition.FileNameStar.HasValue ? disposition.FileNameStar.ToString()
        : disposition.FileName.HasValue ? HeaderUtilities.RemoveQuotes(disposition.FileName).ToString()
        : null;

    /// <returns>Null: it is too long.</returns>
    private static async Task<string?> ReadFieldAsync(Stream body, CancellationToken clientGone)
    {
        var bytes = new byte[MaxFieldBytes + 1];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, clientGone);
        return length > MaxFieldBytes ? null : Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static Upload.Wrong Wrong(string detail) => new(BadRequest.Of(detail));
}
