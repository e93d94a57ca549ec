using System;
using System.Management.Automation;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>Should -Throw.</summary>
internal static class ThrowAssertion
{
    /// <returns>The error that was thrown, for -PassThru.</returns>
    public static ErrorRecord? Check(ShouldKeyword should, object? actual, string because)
    {
        if (actual is not ScriptBlock script)
            throw new PesterException("Should -Throw takes a script block.");
        if (should.Not && (should.ExpectedMessage ?? should.ErrorId ?? (object?)should.ExceptionType) is not null)
            throw new PesterException("Should -Not -Throw takes no further conditions here: Pester's versions differ in what they mean.");
        if (WildcardPattern.ContainsWildcardCharacters(should.ErrorId ?? string.Empty))
            throw new PesterException("Should -Throw -ErrorId takes no wildcards.");

        var error = Run(should, script);
        if (should.Not)
        {
            return error is null ? null : throw new PesterException($"Expected no error{because}, but there was: {PesterTest.Describe(error)}");
        }

        if (error is null)
            throw new PesterException($"Expected an error{because}, but there was none.");
        if (error.Exception is CommandNotFoundException && should.ErrorId is null && should.ExceptionType is null)
            throw new PesterException($"Expected an error{because}, but there is no such command; name the -ErrorId if that is meant: {PesterTest.Describe(error)}");
        if (should.ExpectedMessage is { } message && !new WildcardPattern(message, WildcardOptions.IgnoreCase).IsMatch(error.Exception.Message))
            throw new PesterException($"Expected an error like '{message}'{because}, but it was: {PesterTest.Describe(error)}");
        if (should.ErrorId is { } id && !string.Equals(id, error.FullyQualifiedErrorId, StringComparison.OrdinalIgnoreCase))
            throw new PesterException($"Expected the error id '{id}'{because}, but it was: {PesterTest.Describe(error)}");
        if (should.ExceptionType is { } type && !type.IsInstanceOfType(error.Exception))
            throw new PesterException($"Expected a {type.FullName}{because}, but it was a {error.Exception.GetType().FullName}: {PesterTest.Describe(error)}");
        return error;
    }

    private static ErrorRecord? Run(ShouldKeyword should, ScriptBlock script)
    {
        try
        {
            should.InvokeCommand.InvokeScript(useLocalScope: true, script, input: null);
            return null;
        }
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            // As a script's catch block has it: the record with the exception itself.
            return e.ErrorRecord.Exception is ParentContainsErrorRecordException ? new ErrorRecord(e.ErrorRecord, e) : e.ErrorRecord;
        }
    }
}
