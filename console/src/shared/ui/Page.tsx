import { Typography } from 'antd';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Link } from 'react-router';

interface Props {
  title: ReactNode;
  documentTitle?: string;
  explanation?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; label: string };
  children: ReactNode;
  testId: string;
}

/** The frame every page shares: where one is, what it is for, what one can do. */
export function Page({ title, documentTitle, explanation, actions, back, children, testId }: Props) {
  const name = documentTitle ?? (typeof title === 'string' ? title : undefined);
  useEffect(() => {
    document.title = name ? `${name} · Rekindle` : 'Rekindle';
  }, [name]);
  return (
    <section className="page" data-testid={testId}>
      {back && (
        <Link to={back.to} className="page-back">
          ← {back.label}
        </Link>
      )}
      <header className="page-header">
        <div className="page-heading">
          <Typography.Title level={1} className="page-title">
            {title}
          </Typography.Title>
          {explanation && <Typography.Text type="secondary">{explanation}</Typography.Text>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
