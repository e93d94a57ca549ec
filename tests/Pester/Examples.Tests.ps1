# Runs every example of the help's pages exactly as printed, in a world that has the names, addresses and folders that they use
# (Examples/World.sh), and compares what it shows and which files it leaves with Views/examples.*.txt. Those of README and docs are run too, and what stands as text behind a block
# is what it shows. After a change that is meant, run with PANDORASYNC_UPDATE_VIEWS=1, look at the files, and commit them.
BeforeDiscovery {
    $pages = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'en-US'))
    $examples = foreach ($path in [IO.Directory]::GetFiles($pages, '*-*.md') | Sort-Object) {
        foreach ($match in [regex]::Matches([IO.File]::ReadAllText($path), '(?m)^### (Example \d+: [^\r\n]+)')) { @{ page = [IO.Path]::GetFileNameWithoutExtension($path); title = $match.Groups[1].Value } }
    }
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $documents = foreach ($path in 'README.md', 'docs/getting-started.md', 'docs/migrating-from-tentacle.md', 'docs/troubleshooting.md') { @{ document = $path } }
    $names = @($examples | ForEach-Object { $_.page } | Sort-Object -Unique | ForEach-Object { @{ page = $_ } })
}

BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))
    $pages = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'docs', 'en-US'))
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $documentPaths = 'README.md', 'docs/getting-started.md', 'docs/migrating-from-tentacle.md', 'docs/troubleshooting.md' | ForEach-Object { [IO.Path]::Combine($root, $_) }
    # Short and of one length, since paths are wrapped.
    $place = [IO.Directory]::CreateDirectory([IO.Path]::Combine([IO.Path]::GetTempPath(), "ex-$([guid]::NewGuid().ToString('N').Substring(0, 6))")).FullName
    $report = New-File 'report.json' ''
    $files = [IO.Path]::Combine($PSScriptRoot, 'Examples')
    $shell = @(Get-Shell)
    $said = & sh ([IO.Path]::Combine($files, 'World.sh')) $place @shell -NonInteractive -File ([IO.Path]::Combine($files, 'Run-Pages.ps1')) -Pages $pages -Module $module -Report $report -Documents ($documentPaths -join ',') 2>&1
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

Describe 'The document <document>' -ForEach $documents {
    BeforeAll {
        $blocks = @($results | Where-Object Page -EQ ([IO.Path]::GetFileName($document)))
        $path = [IO.Path]::Combine($root, $document)
        if ($env:PANDORASYNC_UPDATE_VIEWS) {
            $text = [IO.File]::ReadAllText($path)
            foreach ($block in $blocks | Where-Object { $null -ne $_.Expected } | Sort-Object Index -Descending) {
                $end = $text.IndexOf("``````", $block.Index)
                $text = $text.Remove($block.Index, $end - $block.Index).Insert($block.Index, "$($block.Shown)`n")
                $block.Expected = $block.Shown
            }
            [IO.File]::WriteAllText($path, $text)
        }
    }

    It 'can be typed from its first line to its last' {
        $blocks | Should -Not -BeNullOrEmpty
        foreach ($block in $blocks) { $block.Problems | Should -BeNullOrEmpty -Because "it is $($block.Title)" }
    }

    It 'shows what comes out' {
        foreach ($block in $blocks | Where-Object { $null -ne $_.Expected }) { $block.Shown | Should -BeExactly $block.Expected -Because "it is $($block.Title)" }
    }
}
