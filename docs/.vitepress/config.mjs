// The site of these documents: `./mesh docs`. Dead links end the build; nothing is loaded from elsewhere.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const docs = join(dirname(fileURLToPath(import.meta.url)), '..')

// Documents beside this directory, which `./mesh docs` makes pages of the site, too.
const outside = { '../SECURITY.md': 'security', '../CHANGELOG.md': 'changelog', '../ARCHITECTURE.md': 'architecture' }

const decisions = readdirSync(join(docs, 'adr'))
  .filter((name) => /^\d+.*\.md$/.test(name))
  .sort()
  .map((name) => ({
    text: readFileSync(join(docs, 'adr', name), 'utf8').split('\n', 1)[0].replace(/^# */, ''),
    link: '/adr/' + name.replace('.md', ''),
  }))

export default defineConfig({
  title: 'vRouter mesh',
  description: 'Containers of Compose stacks on several hosts reach each other by their own addresses.',
  srcExclude: ['node_modules/**'],
  markdown: {
    config(md) {
      md.core.ruler.push('outside', (state) => {
        for (const token of state.tokens.flatMap((block) => block.children ?? [])) {
          const href = token.type === 'link_open' && token.attrGet('href')
          const page = href && outside[href.replace(/^(\.\.\/)+/, '../').split('#')[0]]
          if (page) token.attrSet('href', '/' + page + '.md')
        }
      })
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      {
        text: 'Use',
        items: [
          { text: 'Overview', link: '/' },
          { text: 'Getting started', link: '/getting-started' },
          { text: 'Patterns', link: '/patterns' },
          { text: 'With Docker', link: '/docker' },
          { text: 'Encryption', link: '/encryption' },
          { text: 'Operations', link: '/operations' },
          { text: 'Troubleshooting', link: '/troubleshooting' },
          { text: 'Questions', link: '/faq' },
          { text: 'Side by side', link: '/side-by-side' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Reference', link: '/reference' },
          { text: 'Configuration', link: '/reference/configuration' },
          { text: 'Commands', link: '/reference/commands' },
          { text: 'Compatibility', link: '/compatibility' },
          { text: 'Changes', link: '/changelog' },
        ],
      },
      {
        text: 'How it works',
        items: [
          { text: 'Design', link: '/design' },
          { text: 'Security', link: '/security' },
          { text: 'Testing', link: '/testing' },
          { text: 'Figures', link: '/figures' },
          { text: 'Map of the code', link: '/architecture' },
        ],
      },
      { text: 'Decisions', link: '/adr/', collapsed: true, items: decisions },
    ],
  },
})
