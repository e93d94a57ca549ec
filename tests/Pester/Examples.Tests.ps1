# Runs every example of the help's pages exactly as printed, in a world that has the names, addresses and folders that they use
# (Examples/World.sh), and compares what it shows and which files it leaves with Views/examples.*.txt. After a change that is meant, run with
# PANDORASYNC_UPDATE_VIEWS=1, look at the files, and commit them.
BeforeDiscovery {
    $pages = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'en-US'))
    $examples = foreach ($path in [IO.Directory]::GetFiles($pages, '*-*.md') | Sort-Object) {
        foreach ($match in [regex]::Matches([IO.File]::ReadAllText($path), '(?m)^### (Example \d+: [^\r\n]+)')) { @{ page = [IO.Path]::GetFileNameWithoutExtension($path); title = $match.Groups[1].Value } }
    }
    $names = @($examples | ForEach-Object { $_.page } | Sort-Object -Unique | ForEach-Object { @{ page = $_ } })
}

BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $pages = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'en-US'))
    # Short and of one length, since paths are wrapped.
    $place = [IO.Directory]::CreateDirectory([IO.Path]::Combine([IO.Path]::GetTempPath(), "ex-$([guid]::NewGuid().ToString('N').Substring(0, 6))")).FullName
    $report = New-File 'report.json' ''
    $files = [IO.Path]::Combine($PSScriptRoot, 'Examples')
    $shell = @(Get-Shell)
    $said = & sh ([IO.Path]::Combine($files, 'World.sh')) $place @shell -NonInteractive -File ([IO.Path]::Combine($files, 'Run-Pages.ps1')) -Pages $pages -Module $module -Report $report 2>&1
    [IO.Directory]::Delete($place)
    $results = [IO.File]::ReadAllText($report).Replace([IO.Path]::GetFileName($place), 'ex-123456') | ConvertFrom-Json
    if (-not $results) { throw "The examples did not run: $($said -join "`n")" }
}

Describe 'The page of <page>' -ForEach $names {
    It 'has at least three examples' {
        @($results | Where-Object Page -EQ $page).Count | Should -BeGreaterOrEqual 3
    }

    It 'has examples that do what was looked at' {
        $shown = (@($results | Where-Object Page -EQ $page | ForEach-Object { "## $($_.Title)`n$($_.Shown)`n" }) -join "`n").Replace("`r", '')
        $path = [IO.Path]::Combine($PSScriptRoot, 'Views', "examples.$page.txt")
        if ($env:PANDORASYNC_UPDATE_VIEWS) { [IO.File]::WriteAllText($path, $shown) }
        $shown | Should -BeExactly ([IO.File]::ReadAllText($path).Replace("`r", ''))
    }
}

Describe 'The example' {
    It 'of <page> runs as printed: <title>' -ForEach $examples {
        $result = @($results | Where-Object { $_.Page -eq $page -and $_.Title -eq $title })
        $result | Should -HaveCount 1
        $result[0].Problems | Should -BeNullOrEmpty
    }
}
